"""What happened to an upload, what is wrong with it and what fixes it: what `make explain` tells, for the portal."""

from datetime import UTC, datetime

from api.admin_documents import (
    DiagnosisDocument,
    ExecutionStory,
    KeptDocument,
    LogDocument,
    StagedDocument,
    StepDocument,
    StoryDocument,
)
from api.admin_services import AdminServices
from api.routing import Call, Route, Who
from onboarding.explaining.diagnosis import diagnose
from onboarding.explaining.facts import ExecutionFacts


def tell_story(services: AdminServices, call: Call[None, None]) -> StoryDocument:
    """Return the story of an upload, also of one that the database does not know: it may have died before."""
    story = services.stories.story(call.path["recorded_id"], datetime.now(UTC))
    diagnosis = diagnose(story)
    return StoryDocument(
        upload_id=story.identity.upload_id,
        diagnosis=DiagnosisDocument(
            cause=diagnosis.cause,
            sentence=diagnosis.sentence,
            is_fine=diagnosis.is_fine,
            fix_first=diagnosis.fix_first,
            command=diagnosis.command,
            section=diagnosis.section,
        ),
        executions=[_execution(execution) for execution in story.executions],
        staged=StagedDocument.model_validate(story.staged),
        kept=[KeptDocument(place=kept.place, count=kept.count, ours=kept.ours) for kept in story.kept],
        stopped=sorted({feed.function for feed in story.feeds if feed.is_stopped}),
        logs=[LogDocument.model_validate(line) for line in story.logs],
        unknown=dict(story.unknown),
    )


def _execution(execution: ExecutionFacts) -> ExecutionStory:
    return ExecutionStory(
        name=execution.name,
        status=execution.status,
        console_url=execution.console_url,
        steps=[StepDocument.model_validate(step) for step in execution.steps],
    )


ROUTES = (
    Route(
        method="GET",
        path="/admin/uploads/{recorded_id}/story",
        action=tell_story,
        who=Who.OPERATOR,
        answer=StoryDocument,
        summary="What happened to any upload",
        description="Asks every part of the service. What does not answer is told under `unknown`.",
    ),
)
