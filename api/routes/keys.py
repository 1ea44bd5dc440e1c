"""The API keys of a vendor: what its people may do about the programs that come in for it."""

from datetime import UTC, datetime
from http import HTTPStatus

from api.documents import ApiKeyDocument, ApiKeys, CreatedApiKey, NewApiKey
from api.problems import NOT_FOUND, TOO_MANY_API_KEYS, Problem, not_found
from api.routing import Answer, Call, Route, Who
from api.services import Services
from onboarding.access import TooManyKeysError
from onboarding.api_keys import MAX_KEYS_PER_VENDOR, new_key, record_of


def list_api_keys(services: Services, call: Call[None, None]) -> ApiKeys:
    keys = services.access.keys(call.vendor_id)
    return ApiKeys(data=[ApiKeyDocument.model_validate(key) for key in keys], most=MAX_KEYS_PER_VENDOR)


def create_api_key(services: Services, call: Call[None, NewApiKey]) -> CreatedApiKey:
    key = new_key(services.api_key_kind)
    record = record_of(key, call.vendor_id, call.body.label, call.caller.label, datetime.now(UTC))
    try:
        services.access.add_key(record)
    except TooManyKeysError:
        raise Problem(TOO_MANY_API_KEYS, TOO_MANY_API_KEYS.example) from None
    return CreatedApiKey(**ApiKeyDocument.model_validate(record).model_dump(), key=key)


def remove_api_key(services: Services, call: Call[None, None]) -> Answer:
    key_id = call.path["key_id"]
    if not services.access.remove_key(call.vendor_id, key_id):
        raise not_found(f"API key {key_id[:100]}")
    return Answer(None)


ROUTES = (
    Route(
        method="GET",
        path="/api-keys",
        action=list_api_keys,
        who=Who.VENDOR_PERSON,
        answer=ApiKeys,
        summary="List the vendor's API keys",
        description="Persons only. The keys themselves were shown once, when they were made.",
    ),
    Route(
        method="POST",
        path="/api-keys",
        action=create_api_key,
        who=Who.VENDOR_PERSON,
        body=NewApiKey,
        answer=CreatedApiKey,
        status=HTTPStatus.CREATED,
        problems=(TOO_MANY_API_KEYS,),
        summary="Make an API key",
        description=(
            f"Persons only. The answer shows the key, and nothing ever shows it again. A vendor has at most "
            f"{MAX_KEYS_PER_VENDOR} keys: make the new one, have the program use it, then remove the old one."
        ),
    ),
    Route(
        method="DELETE",
        path="/api-keys/{key_id}",
        action=remove_api_key,
        who=Who.VENDOR_PERSON,
        status=HTTPStatus.NO_CONTENT,
        problems=(NOT_FOUND,),
        summary="Remove an API key",
        description="Persons only. The key opens nothing from the next request on.",
    ),
)
