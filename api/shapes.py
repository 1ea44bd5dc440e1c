"""What all shapes of the API have in common."""

from pydantic import BaseModel, ConfigDict

NEXT_CURSOR = "Hand it back as `cursor` to get the next page; null on the last one."


class Given(BaseModel):
    """What a caller sends: nothing but the fields that are described."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Document(BaseModel):
    """What the API answers."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True, defer_build=True)
