"""One row of the table: a cost of ours, and what it is measured against."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

P95 = 0.95


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest of the values that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A ratio.

    Attributes:
        name: What is measured.
        ours: What it costs the integration, sample by sample.
        against: What it is compared with.
        base: What that costs, in samples taken between ours, or a bound.
        unit: The unit of both.
        most: The ratio that must not be exceeded, None where there is no such target.
        least: The ratio that must at least be reached, None where there is no such target.
        remark: What one has to know to read the row.
    """

    name: str
    ours: Sequence[float]
    against: str
    base: Sequence[float]
    unit: str
    most: float | None = None
    least: float | None = None
    remark: str = ""

    @property
    def ratio(self) -> float:
        """Return the ratio of the medians."""
        return median(self.ours) / median(self.base)

    @property
    def p95(self) -> float:
        """Return the ratio of the 95th percentiles."""
        return percentile(self.ours, P95) / percentile(self.base, P95)

    @property
    def met(self) -> bool | None:
        """Return whether the target is met, None where there is none."""
        if self.most is not None:
            return self.ratio <= self.most
        return None if self.least is None else self.ratio >= self.least

    @property
    def target(self) -> str:
        """Return the target as people read it."""
        if self.most is not None:
            return f"<= {self.most:g}"
        return "" if self.least is None else f">= {self.least:g}"

    def as_json(self) -> dict[str, Any]:
        """Return the row as plain JSON."""
        return {
            "name": self.name,
            "against": self.against,
            "ratio": self.ratio,
            "p95": self.p95,
            "count": len(self.ours),
            "unit": self.unit,
            "ours": median(self.ours),
            "base": median(self.base),
            "most": self.most,
            "least": self.least,
            "met": self.met,
            "remark": self.remark,
        }
