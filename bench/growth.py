"""Growth: time of the whole path against the rows of a file and against the size of the catalogue."""

from contextlib import ExitStack
from functools import partial

from bench import path
from bench.catalogue import fresh_catalogue
from bench.files import file_of
from bench.measure import interleave
from bench.results import Part


def measure(*, full: bool) -> Part:
    """Measure both axes: files of every size into an empty catalogue, 1,000 rows into catalogues of every size."""
    sizes = (0, 10_000, 100_000, 1_000_000) if full else (0, 100_000)
    cases = sorted({(rows, 0) for rows in (100, 300, 1_000, 3_000, 10_000)} | {(1_000, size) for size in sizes})
    works, before = {}, {}
    part = Part("Growth", "the whole path of part 4")
    with ExitStack() as servers:
        # One server for each size, so that they can take turns.
        catalogues = {size: servers.enter_context(fresh_catalogue()) for size in sizes}
        for rows, size in cases:
            catalogues[size].fill(size)
            works[rows, size] = partial(path.run, catalogues[size], file_of(rows))
            before[rows, size] = partial(path.start, catalogues[size], rows)
        timings = interleave(works, rounds=15 if full else 5, before=before)
    for rows, size in cases:
        seconds = timings.median((rows, size))
        part.rows.append({"rows": rows, "products": size, "s": seconds, "ms for 1,000 rows": seconds / rows * 1e6})
    linear = timings.ratio((10_000, 0), (1_000, 0)) / 10
    part.goal("Time a row, 10,000 ÷ 1,000 rows (linear)", linear, "at most", 1.3)
    flat = timings.ratio((1_000, sizes[-1]), (1_000, 0))
    part.goal(f"1,000 rows into {sizes[-1]:,} products ÷ into none (flat)", flat, "at most", 1.5)
    return part
