"""The client examples of docs/api.md, run exactly as they are printed there."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.files import csv_file, product
from tests.e2e.pipeline import Pipeline

PAGE = Path(__file__).parent.parent.parent / "docs" / "api.md"


def example(language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(("language", "command"), [("bash", ["bash", "-c"]), ("python", [sys.executable, "-c"])])
def test_example_leads_from_file_to_outcome(
    pipeline: Pipeline, tmp_path: Path, language: str, command: Sequence[str]
) -> None:
    file = tmp_path / f"my products {language}.csv"
    sku = f"doc-{language}-{time.time_ns()}"
    file.write_bytes(csv_file([product(sku), product(f"{sku}-2", price="free")]))
    variables = {name: pipeline.environment.variables()[name] for name in ("API_URL", "VENDOR_API_KEY")}

    result = subprocess.run(
        [*command, example(language)],
        env={"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1", "FILE": str(file), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert "partial" in result.stdout
    assert "INVALID_PRICE" in result.stdout or "Price must be" in result.stdout
