"""What `sls package --stage prod` would upload."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.infrastructure.template import Template

PROJECT = Path(__file__).parent.parent.parent
LIMIT_BYTES = 20_000_000
_ELF_MACHINE_AARCH64 = 0xB7
_PURE_PYTHON = (
    "cerberus",
    "itsdangerous",
    "yoyo",
    "sqlparse",
    "aws_lambda_powertools",
    "rules",
    "onboarding.intake.text_table",
)


@pytest.fixture(scope="session")
def archive(prod: Template) -> Path:
    found = list(prod.folder.glob("*.zip"))
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="session")
def names(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as package:
        return package.namelist()


def test_package_is_small(archive: Path) -> None:
    assert archive.stat().st_size < LIMIT_BYTES


def test_package_holds_the_service_and_nothing_else_of_it(names: list[str]) -> None:
    top = {name.split("/")[0] for name in names}

    assert {"handlers", "api", "onboarding", "rules", "sql", "resources"} <= top
    assert not top & {"tests", "local", "bench", "operations", "docs", "node_modules", "serverless.yml"}
    assert [name for name in names if name.startswith("resources/")] == ["resources/rds-ca-bundle.pem"]
    assert {name for name in names if name.startswith("sql/")} == {
        f"sql/migrations/{path.name}" for path in (PROJECT / "sql/migrations").glob("*.sql")
    }
    assert {name for name in names if name.startswith("samples/")} == {"samples/template.csv", "samples/template.xlsx"}
    assert "api/openapi.json" in names
    assert "api/openapi.py" not in names
    assert {name for name in names if re.fullmatch(r"handlers/\w+\.py", name)} == {
        f"handlers/{path.name}" for path in (PROJECT / "handlers").glob("*.py")
    }


def test_package_holds_the_built_pages_and_not_their_sources(names: list[str]) -> None:
    pages = {name for name in names if name.startswith("portal/")}

    assert {"portal/dist/index.html", "portal/dist/icon.svg"} <= pages
    assert {Path(name).suffix for name in pages if name.startswith("portal/dist/assets/")} == {".js", ".css"}
    assert all(name.startswith("portal/dist/") for name in pages)


def test_package_holds_the_runtime_requirements_and_no_other(names: list[str]) -> None:
    wanted = {
        line.split("==")[0].lower().replace("-", "_")
        for line in (PROJECT / "requirements.txt").read_text().splitlines()
        if "==" in line and not line.startswith("#")
    }
    found = {
        match[1].lower().replace("-", "_") for name in names if (match := re.match(r"([^/]+)-[^/-]+\.dist-info/", name))
    }

    assert found == wanted


def test_extension_modules_are_for_the_runtime(archive: Path, names: list[str]) -> None:
    extensions = [name for name in names if name.endswith(".so") and ".libs/" not in name]

    assert any(name.startswith("psycopg2/") for name in extensions)
    for name in extensions:
        assert name.endswith((".cpython-313-aarch64-linux-gnu.so", ".abi3.so")), name
    with zipfile.ZipFile(archive) as package:
        for name in names:
            if ".so" in Path(name).suffixes:
                header = package.read(name)[:20]
                assert header[:4] == b"\x7fELF", name
                assert int.from_bytes(header[18:20], "little") == _ELF_MACHINE_AARCH64, name


def test_pure_python_parts_import_from_the_package_alone(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as package:
        package.extractall(tmp_path / "package")
    program = (
        f"import sys, importlib; sys.path[:0] = [{str(tmp_path / 'package')!r}]\n"
        f"for name in {_PURE_PYTHON!r}: importlib.import_module(name)\n"
        f"import boto3\n"
        f"for name in {sorted(services_called())!r}: boto3.client(name, region_name='us-east-1')\n"
    )

    # Isolated and without site packages: only the package and the standard library, not the boto3 of Lambda's image.
    result = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr


def services_called() -> set[str]:
    """Return the AWS services that the functions make clients for; Powertools makes the one for secrets."""
    sources = [path for folder in ("handlers", "api", "onboarding") for path in (PROJECT / folder).rglob("*.py")]
    return {"secretsmanager"}.union(*(re.findall(r"client\(\s*\"([\w-]+)\"", path.read_text()) for path in sources))


def test_package_knows_the_services_that_the_functions_call_and_no_other(names: list[str]) -> None:
    shipped = {match[1] for name in names if (match := re.match(r"botocore/data/([^/]+)/", name))}

    assert shipped == services_called()  # serverless.yml, slimPatterns


def test_package_has_no_pages_and_pictures_but_the_portals(names: list[str]) -> None:
    documents = (".html", ".md", ".rst", ".png")

    # Metadata of packages stays: their licences stand there.
    assert [name for name in names if name.endswith(documents) and ".dist-info/" not in name] == [
        "portal/dist/index.html",
        "portal/dist/runbook.html",
    ]


def test_package_has_no_bytecode_and_no_secrets(names: list[str]) -> None:
    public = {"resources/rds-ca-bundle.pem", "botocore/cacert.pem"}

    assert not [name for name in names if name.endswith((".pyc", ".env", ".pem")) and name not in public]
