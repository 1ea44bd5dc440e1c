"""The rules alone: stock Cerberus, ours, pydantic and plain Python judge the same rows."""

from bench.files import CATEGORIES, product_rules, rows_of
from bench.measure import interleave
from bench.peers import handwritten_fields, pydantic_fields
from bench.results import Part

STOCK = "Cerberus, stock (the oracle)"
OURS = "ours: compiled, Cerberus decides"


def measure(*, full: bool) -> Part:
    """Check that all agree on every row, then time them; stop with AssertionError where they do not agree."""
    rules, rows = product_rules(), rows_of(10_000 if full else 1_000)
    judges = {
        STOCK: lambda cells: rules.reference_check(cells, CATEGORIES),
        OURS: lambda cells: rules.check(cells, CATEGORIES),
        "pydantic v2": pydantic_fields,
        "plain Python": handwritten_fields,
    }
    for row in rows:
        expected = rules.reference_check(row.cells, CATEGORIES)
        refused = {error.field for error in expected.errors}
        assert rules.check(row.cells, CATEGORIES) == expected, row
        assert pydantic_fields(row.cells) == handwritten_fields(row.cells) == refused, row
    part = Part(
        "rules",
        "Rules",
        f"{len(rows):,} rows, 5 % bad; verdicts of all four checked to be the same",
        ("judge", "rows/s"),
    )
    rounds = 5 if full else 3
    works = {name: lambda judge=judge: [judge(row.cells) for row in rows] for name, judge in judges.items()}
    timings = interleave(works, rounds)
    part.rows = [
        {
            "judge": name,
            "rows/s": len(rows) / timings.median(name),
            "times stock": timings.ratio(STOCK, name),
            "writes messages": name in (STOCK, OURS),
        }
        for name in judges
    ]
    part.goal("Rules, times as fast as stock Cerberus", timings.ratio(STOCK, OURS), "at least", 40)
    files = {"good": rows_of(2_000, 0), "bad": rows_of(2_000, 1)}
    timings = interleave(
        {name: lambda some=some: [rules.check(row.cells, CATEGORIES) for row in some] for name, some in files.items()},
        rounds,
    )
    part.notes.append(
        f"Judging only bad rows, messages written, takes {timings.ratio('bad', 'good'):.1f} times as long as good ones "
        f"({timings.median('bad') / 2_000 * 1e6:.0f} µs a row); the whole path is compared in part 4."
    )
    return part
