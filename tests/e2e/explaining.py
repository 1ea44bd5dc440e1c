"""What `make explain` says about an upload, asked in this process: it has to be quick, and the tests ask often."""

from typing import Any

from local.settings import STAGE
from onboarding.explaining.causes import Diagnosis
from onboarding.explaining.diagnosis import diagnose
from onboarding.explaining.facts import Story
from operations.explain import Explaining
from tests.e2e.pipeline import Pipeline


class _Session:
    """Gives the clients of the pipeline, whatever configuration is asked for."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def client(self, service: str, **_: Any) -> Any:
        return self._pipeline.client(service)


def diagnosed(pipeline: Pipeline, name: str) -> Diagnosis:
    """Return what is wrong with the upload of this id, key or file name, and what fixes it."""
    return diagnose(story(pipeline, name))


def story(pipeline: Pipeline, name: str) -> Story:
    """Return what is known of the upload of this id, key or file name."""
    return Explaining(_Session(pipeline), STAGE, pipeline.environment.outputs).story(name)
