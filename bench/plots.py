"""Draws a part's plots: bars side by side, or lines over rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

from bench.results import Part, Plot, Row

_OURS, _OTHERS = "#1f6feb", "#9aa4b2"


def draw(part: Part, directory: Path) -> list[Path]:
    """Draw all plots of a part and return their files."""
    files = []
    for plot in part.plots:
        rows = [row for row in part.rows if isinstance(row.get(plot.value), int | float) and plot.bars in row]
        figure, axes = pyplot.subplots(figsize=(8, 0.45 * len(rows) + 1.6 if not plot.x else 4), dpi=110)
        if plot.x:
            _lines(axes, plot, rows)
        else:
            _bars(axes, plot, rows)
        axes.set_title(plot.title, loc="left", fontsize=11)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        figure.tight_layout()
        path = directory / f"{part.name}{'-' + plot.name if plot.name else ''}.png"
        figure.savefig(path, metadata={"Software": None})
        pyplot.close(figure)
        files.append(path)
    return files


def _bars(axes: Any, plot: Plot, rows: Sequence[Row]) -> None:
    labels = [", ".join(str(row[name]) for name in (*plot.groups, plot.bars)) for row in rows]
    values = [row[plot.value] for row in rows]
    colours = [_OURS if "ours" in label or plot.bars in ("handler", "load") else _OTHERS for label in labels]
    places = range(len(rows))
    axes.barh(places, values, color=colours)
    axes.set_yticks(places, labels, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel(plot.value)
    if plot.log:
        axes.set_xscale("log")
    for place, value in zip(places, values, strict=True):
        axes.annotate(
            _figure(value), (value, place), xytext=(3, 0), textcoords="offset points", va="center", fontsize=8
        )
    axes.margins(x=0.15)


def _lines(axes: Any, plot: Plot, rows: Sequence[Row]) -> None:
    chosen = [row for row in rows if plot.x in str(row[plot.bars])]
    xs, ys = [row[plot.x] for row in chosen], [row[plot.value] for row in chosen]
    axes.plot(xs, ys, "o-", color=_OURS)
    axes.set_xlabel(plot.x)
    axes.set_ylabel(plot.value)
    axes.set_ylim(bottom=0)
    for x, y in zip(xs, ys, strict=True):
        axes.annotate(_figure(y), (x, y), xytext=(0, 6), textcoords="offset points", ha="center", fontsize=8)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
