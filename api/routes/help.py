"""What a file may hold: categories, columns, codes and templates, all from the rules; and this API's description."""

import functools
from pathlib import Path

from api.documents import Beginning, Categories, CodeDocument, ColumnDocument, Columns, InstantRefusals
from api.problems import FILE_NO_LONGER_KEPT, NOT_FOUND, Problem, not_found
from api.routing import Call, File, Route, Who
from api.services import Services
from api.templates import with_categories
from onboarding.intake.formats import refused_beginnings
from onboarding.intake.limits import MAX_FILE_BYTES, MAX_ROWS
from onboarding.intake.refusal import TOO_LARGE, empty_file
from onboarding.stores import catalogue
from rules.fixes import read_fixes, read_meanings
from rules.schema import Column, Rules

_PROJECT = Path(__file__).parent.parent.parent
OPENAPI = _PROJECT / "api" / "openapi.json"
_TEMPLATES = {
    "csv": ("template.csv", "text/csv; charset=utf-8"),
    "xlsx": ("template.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_A_MINUTE = {"Cache-Control": "private, max-age=60"}


def list_categories(services: Services, call: Call[None, None]) -> Categories:
    """Return the names that a product's category can have today."""
    return Categories(categories=_active_categories(services))


def _active_categories(services: Services) -> list[str]:
    return sorted(services.database.run(catalogue.active_categories))


def list_columns(services: Services, call: Call[None, None]) -> Columns:
    """Return columns, limits and codes."""
    return _columns(services.rules())


def _columns(rules: Rules) -> Columns:
    (rows, files), meanings = read_fixes(), read_meanings()
    return Columns(
        columns=[_column(column) for column in rules.columns],
        codes=[
            *(CodeDocument(code=code, of="row", meaning=meanings[code], fix=fix) for code, fix in rows.items()),
            *(CodeDocument(code=code, of="file", meaning=meanings[code], fix=fix) for code, fix in files.items()),
        ],
        refusals=InstantRefusals(
            empty=empty_file().message,
            too_large=TOO_LARGE,
            beginnings=[
                Beginning(bytes=beginning.hex(), message=message) for beginning, message in refused_beginnings()
            ],
        ),
        max_rows=MAX_ROWS,
        max_bytes=MAX_FILE_BYTES,
    )


def _column(column: Column) -> ColumnDocument:
    is_number = column.type == "number"
    return ColumnDocument(
        name=column.name,
        label=column.label,
        required=column.required,
        type=column.type,
        code=column.code,
        max_length=column.maxlength or None,
        min=str(column.min) if is_number else None,
        max=str(column.max) if is_number else None,
        decimals=column.decimals if is_number else None,
        aliases=list(getattr(column, "aliases", ())),
    )


def fetch_template(services: Services, call: Call[None, None]) -> File:
    """Return an empty file with all columns, a workbook with the categories of now."""
    name, media_type = _TEMPLATES.get(call.path["kind"], ("", ""))
    if not name:
        raise not_found(f"template {call.path['kind'][:20]}")
    content = _read(_PROJECT / "samples" / name)
    if content is None:
        raise Problem(FILE_NO_LONGER_KEPT, "This release has no such template.")
    if call.path["kind"] == "xlsx":
        content = with_categories(content, _active_categories(services))
    return File(content, media_type, {**_A_MINUTE, "Content-Disposition": f'attachment; filename="{name}"'})


def show_openapi(services: Services, call: Call[None, None]) -> File:
    """Return the description of this API."""
    return File(OPENAPI.read_text(encoding="utf-8"), "application/json", {"Cache-Control": "public, max-age=300"})


@functools.cache
def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


ROUTES = (
    Route(
        method="GET",
        path="/categories",
        action=list_categories,
        who=Who.SIGNED_IN,
        answer=Categories,
        summary="List the categories",
        description="The names must match exactly, capital letters and spaces included.",
    ),
    Route(
        method="GET",
        path="/columns",
        action=list_columns,
        who=Who.SIGNED_IN,
        answer=Columns,
        summary="What a file may hold",
        description="Columns with their limits, and the error codes with what each means and what to do about it.",
    ),
    Route(
        method="GET",
        path="/templates/{kind}",
        action=fetch_template,
        who=Who.SIGNED_IN,
        media_types=tuple(media_type.partition(";")[0] for _, media_type in _TEMPLATES.values()),
        problems=(NOT_FOUND, FILE_NO_LONGER_KEPT),
        summary="Fetch an empty file",
        description="`kind` is `csv` or `xlsx`. The workbook explains every column, checks cells, and lists the "
        "categories of now.",
    ),
    Route(
        method="GET",
        path="/openapi.json",
        action=show_openapi,
        who=Who.ANYBODY,
        summary="This description",
    ),
)
