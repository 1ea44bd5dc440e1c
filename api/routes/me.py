"""Who the API takes the caller for."""

from api.documents import Me
from api.routing import Call, Route, Who
from api.services import Services


def show_me(services: Services, call: Call[None, None]) -> Me:
    return Me.model_validate(call.caller)


ROUTES = (
    Route(
        method="GET",
        path="/me",
        action=show_me,
        who=Who.SIGNED_IN,
        answer=Me,
        summary="Who am I?",
        description="Tells which vendor an API key or a signed-in person belongs to. Good for trying out a key.",
    ),
)
