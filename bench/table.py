"""Formats rows for people."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from .row import Row

COMPARED = ("row", "against", "ratio then", "ratio now", "change")
HEADINGS = ("row", "ratio", "p95", "count", "ours", "against", "target", "met")
MET = {True: "yes", False: "NO", None: ""}


def table(rows: Iterable[Row]) -> str:
    """Return the rows as an aligned Markdown table."""
    return _aligned([HEADINGS, *(_cells(row) for row in rows)])


def comparison(rows: Iterable[Row], earlier: Iterable[Mapping[str, Any]]) -> str:
    """Return what each row costs now and cost in an earlier run, of which these are the rows.

    Rows are compared by their ratios, since each is taken in one run; rows that the earlier run
    does not have are new.
    """
    ratios = {(each["name"], each["against"]): each["ratio"] for each in earlier}
    compared = (_compared(row, ratios.get((row.name, row.against))) for row in rows)
    return _aligned([COMPARED, *compared])


def _compared(row: Row, then: float | None) -> tuple[str, ...]:
    change = f"{(row.ratio / then - 1) * 100:+.0f} %" if then else ""
    before = "new" if then is None else f"{then:.3g}"
    return row.name, row.against, before, f"{row.ratio:.3g}", change


def _aligned(lines: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    written = [_line(line, widths) for line in lines]
    written.insert(1, _line(["-" * width for width in widths], widths))
    return "\n".join(written)


def _cells(row: Row) -> tuple[str, ...]:
    remark = f" ({row.remark})" if row.remark else ""
    return (
        f"{row.name}{remark}",
        f"{row.ratio:.3g}",
        f"{row.p95:.3g}",
        str(len(row.ours)),
        f"{median(row.ours):.4g} {row.unit}",
        f"{row.against}: {median(row.base):.4g} {row.unit}",
        row.target,
        MET[row.met],
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"
