"""Reads encodings.toml: the encodings tried for text that is not Unicode, and the letters they are known by."""

import codecs
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rules.schema import RulesError

DEFAULT_ENCODINGS = Path(__file__).with_name("encodings.toml")
SCRIPTS = ("kana", "hanzi", "hangul")


@dataclass(frozen=True, slots=True)
class Encoding:
    """One encoding to try. It has either `alphabets`, one set of letters per language, or a `script` with its share."""

    codec: str
    name: str
    alphabets: tuple[frozenset[str], ...] = ()
    script: str = ""
    share: float = 0.0
    implausible: float = 1.0


@dataclass(frozen=True, slots=True)
class EncodingRules:
    """The whole of encodings.toml, checked. `encodings` stand in the order in which equals are decided."""

    signs: frozenset[str]
    joining: frozenset[str]
    encodings: tuple[Encoding, ...]


@cache
def legacy_encodings() -> EncodingRules:
    """Return the encodings that are shipped; read when the first file needs them."""
    return read_encodings(DEFAULT_ENCODINGS)


def read_encodings(path: Path) -> EncodingRules:
    """Return the encodings in the file. Raises RulesError naming the key when the data is wrong."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{path.name} is not valid TOML: {error}") from error
    problems = list(_problems(data))
    if problems:
        raise RulesError("\n".join(f"{path.name}: {problem}" for problem in problems))
    letters = {name: frozenset(alphabet) | frozenset(alphabet.upper()) for name, alphabet in data["alphabets"].items()}
    return EncodingRules(
        signs=frozenset(data["signs"]),
        joining=frozenset(data["joining"]),
        encodings=tuple(
            Encoding(
                codec=keys["codec"],
                name=keys["name"],
                alphabets=tuple(letters[language] for language in keys.get("languages", ())),
                script=keys.get("script", ""),
                share=keys.get("share", 0.0),
                implausible=keys.get("implausible", data["implausible"]),
            )
            for keys in data["encodings"]
        ),
    )


def _problems(data: Mapping[str, Any]) -> Iterator[str]:
    wanted: dict[str, type] = {"implausible": float, "signs": str, "joining": str, "encodings": list, "alphabets": dict}
    for key, kind in wanted.items():
        if not isinstance(data.get(key), kind):
            yield f"{key}: must be there, as {kind.__name__}"
            return
    if not 0 < data["implausible"] < 1:
        yield "implausible: must be between 0 and 1"
    yield from (f"joining: {sign} is not among the signs" for sign in data["joining"] if sign not in data["signs"])
    for language, alphabet in data["alphabets"].items():
        if not isinstance(alphabet, str) or alphabet.isascii():
            yield f"alphabets.{language}: must be the letters beyond a to z"
    for number, keys in enumerate(data["encodings"], start=1):
        yield from (f"encodings.{number}.{problem}" for problem in _encoding_problems(keys, data["alphabets"]))


def _encoding_problems(keys: Mapping[str, Any], alphabets: Mapping[str, str]) -> Iterator[str]:
    try:
        codecs.lookup(keys["codec"])
    except (KeyError, TypeError, LookupError):
        yield f"codec: {keys.get('codec')!r} is not an encoding of Python"
    if not isinstance(keys.get("name"), str):
        yield "name: must be the name for vendors"
    if not isinstance(limit := keys.get("implausible", 0.1), float) or not 0 < limit < 1:
        yield "implausible: must be between 0 and 1"
    if ("languages" in keys) == ("script" in keys):
        yield "languages: give either languages or a script"
    yield from (f"languages: {name} has no alphabet" for name in keys.get("languages", ()) if name not in alphabets)
    if "script" in keys and (keys["script"] not in SCRIPTS or not 0 < keys.get("share", 0) <= 1):
        yield f"script: must be one of {', '.join(SCRIPTS)}, with a share between 0 and 1"
