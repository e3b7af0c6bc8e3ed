"""Formats rows for people."""

from collections.abc import Iterable, Sequence
from statistics import median

from .row import Row

HEADINGS = ("row", "ratio", "p95", "count", "ours", "against", "target", "met")
MET = {True: "yes", False: "NO", None: ""}


def table(rows: Iterable[Row]) -> str:
    """Return the rows as an aligned Markdown table."""
    lines = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
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
