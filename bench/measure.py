"""Interleaved measurement: every variant once a round, each round in another order; medians, and ratios round by round.

Machines are shared and noisy. What slows one variant down for a while then slows its neighbours down as well.
"""

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median

Work = Callable[[], object]


class Timings(dict[str, list[float]]):
    """Seconds of each variant, round by round."""

    def median(self, name: str) -> float:
        return median(self[name])

    def ratio(self, name: str, base: str) -> float:
        """Return how many times as long as `base` the variant took: the median of the rounds' ratios."""
        return median(mine / others for mine, others in zip(self[name], self[base], strict=True))


def interleave(
    variants: Mapping[str, Work],
    rounds: int,
    *,
    before: Mapping[str, Work] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Timings:
    """Run every variant `rounds` times and return its seconds; `before` prepares a variant's run and is not measured.

    One round more comes first and is thrown away: it warms up caches and connections.
    """
    names = list(variants)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds + 1):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            if before and name in before:
                before[name]()
            gc.collect()
            started = clock()
            variants[name]()
            seconds[name].append(clock() - started)
    return Timings({name: spent[1:] for name, spent in seconds.items()})
