"""Makes one short line of what services say about failures."""

import re

_LAMBDA = re.compile(r'\{.*?"errorMessage":\s*"((?:[^"\\]|\\.)*)".*', re.DOTALL)
"""A function's failure, as Step Functions gives it: JSON with a message, a type and a stack trace."""
_XML = re.compile(r"<\w+.*?<Code>(.*?)</Code>.*?<Message>(.*?)</Message>.*", re.DOTALL)


CHARACTERS = 450


def shortened(text: str, characters: int = CHARACTERS) -> str:
    """Return the text in one line without the wrapping of JSON or XML, at most so long, without a full stop."""
    text = _XML.sub(r"\1: \2", _LAMBDA.sub(r"\1", text)).replace('\\"', '"').replace("\\n", " ")
    plain = " ".join(text.split()).rstrip(".")
    return plain if len(plain) <= characters else f"{plain[: characters - 1]}…"
