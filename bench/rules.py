"""The rules alone: stock Cerberus, ours and pydantic judge the same rows."""

from bench.files import CATEGORIES, product_rules, rows_of
from bench.measure import interleave
from bench.peers import pydantic_fields
from bench.results import Part

STOCK = "Cerberus, stock (the oracle)"
OURS = "ours: compiled, Cerberus decides"


def measure(*, full: bool) -> Part:
    """Check that all agree on every row, then time them; stop with AssertionError where they do not agree."""
    rules, rows = product_rules(), rows_of(10_000 if full else 1_000)
    filled = [{name: cell for name, cell in row.cells.items() if cell} for row in rows]
    for row, verdict, cells in zip(rows, rules.check_all(rows, CATEGORIES), filled, strict=True):
        expected = rules.reference_check(row.cells, CATEGORIES)
        assert verdict == expected, row
        assert pydantic_fields(cells) == {error.field for error in expected.errors}, row
    works = {
        STOCK: lambda: [rules.reference_check(row.cells, CATEGORIES) for row in rows],
        OURS: lambda: rules.check_all(rows, CATEGORIES),
        "pydantic v2": lambda: [pydantic_fields(cells) for cells in filled],
    }
    timings = interleave(works, 5 if full else 3)
    part = Part("Rules", f"{len(rows):,} rows, 5 % bad; verdicts of all checked to be the same")
    for name in works:
        rate, ratio, writes = len(rows) / timings.median(name), timings.ratio(STOCK, name), name in (STOCK, OURS)
        part.rows.append({"judge": name, "rows/s": rate, "times stock": ratio, "writes messages": writes})
    part.goal("Rules, times as fast as stock Cerberus", timings.ratio(STOCK, OURS), "at least", 40)
    return part
