"""The rules alone: stock Cerberus, ours, pydantic and hand-written Python judge the same rows."""

from collections.abc import Callable, Mapping, Sequence

from bench.files import CATEGORIES, product_rules, rows_of
from bench.measure import interleave
from bench.peer_rules import handwritten_fields, pydantic_fields
from bench.results import Part
from onboarding.rows import ProductRow

Judge = Callable[[Mapping[str, str]], object]

STOCK = "Cerberus, stock (the oracle)"
OURS = "ours: compiled, Cerberus decides"


def measure(*, full: bool) -> Part:
    """Check that all agree on every row, then time them. pydantic and plain Python write no messages."""
    rules = product_rules()
    judges: dict[str, Judge] = {
        STOCK: lambda cells: rules.reference_check(cells, CATEGORIES),
        OURS: lambda cells: rules.check(cells, CATEGORIES),
        "pydantic v2": pydantic_fields,
        "hand-written": handwritten_fields,
    }
    rows = rows_of(10_000 if full else 1_000)
    _require_agreement(rows)
    part = Part("rules", "Rules", f"{len(rows):,} rows, 5 % bad; verdicts of all four checked to be the same")
    timings = interleave(
        {name: lambda judge=judge: [judge(row.cells) for row in rows] for name, judge in judges.items()},
        rounds=5 if full else 3,
    )
    for name in judges:
        part.add(
            {
                "judge": name,
                "rows/s": len(rows) / timings.median(name),
                "times stock": timings.ratio(STOCK, name),
                "writes messages": name in (STOCK, OURS),
            }
        )
    part.goal("Rules, times as fast as stock Cerberus", timings.ratio(STOCK, OURS), "at least", 40)
    part.plot("Rules", bars="judge", value="rows/s", log=True)
    _compare_bad_rows(part, rounds=5 if full else 3)
    return part


def _require_agreement(rows: Sequence[ProductRow]) -> None:
    """Raise AssertionError unless stock and ours agree to the letter, and the others on which columns are bad."""
    rules = product_rules()
    for row in rows:
        expected = rules.reference_check(row.cells, CATEGORIES)
        refused = {error.field for error in expected.errors}
        assert rules.check(row.cells, CATEGORIES) == expected, row
        assert pydantic_fields(row.cells) == refused, (row, pydantic_fields(row.cells), refused)
        assert handwritten_fields(row.cells) == refused, (row, handwritten_fields(row.cells), refused)


def _compare_bad_rows(part: Part, rounds: int) -> None:
    """Note what the messages cost: a file of which every row is bad, beside one that is good."""
    rules = product_rules()
    good, bad = rows_of(2_000, 0), rows_of(2_000, 1)
    timings = interleave(
        {
            "good": lambda: [rules.check(row.cells, CATEGORIES) for row in good],
            "bad": lambda: [rules.check(row.cells, CATEGORIES) for row in bad],
        },
        rounds,
    )
    part.note(
        f"Judging only bad rows, messages written, takes {timings.ratio('bad', 'good'):.1f} times as long as good ones "
        f"({timings.median('bad') / len(bad) * 1e6:.0f} µs a row); the whole path is compared in part 4."
    )
