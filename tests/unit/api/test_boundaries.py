"""What may import what: the pipeline never learns of HTTP, and the API never writes SQL."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent.parent.parent
API_HANDLERS = {"vendor_api", "portal_api", "portal_site", "admin_api"}
MODULES = sorted(
    ".".join(path.relative_to(PROJECT).with_suffix("").parts)
    for folder in ("onboarding", "rules")
    for path in (PROJECT / folder).rglob("*.py")
    if path.stem != "__init__"
)


def test_pipeline_imports_nothing_of_the_api() -> None:
    program = (
        f"import importlib, sys\nfor name in {MODULES!r}: importlib.import_module(name)\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} & {'api', 'pydantic'}))"
    )

    result = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)

    assert result.stdout.split() == []


@pytest.mark.parametrize("path", sorted((PROJECT / "handlers").glob("*.py")), ids=lambda path: path.stem)
def test_handler_imports_the_api_only_if_it_is_one(path: Path) -> None:
    imports_api = bool(re.search(r"^(from|import) api\b", path.read_text(encoding="utf-8"), re.MULTILINE))

    assert imports_api == (path.stem in API_HANDLERS)


def test_api_has_no_sql() -> None:
    for path in (PROJECT / "api").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b|\.execute\(", source), path
