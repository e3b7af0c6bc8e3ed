"""One row of the table: a cost of the integration, and the cost it is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

P95 = 0.95


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A ratio.

    Attributes:
        ours: Samples of the integration's cost.
        against: The name of what it is compared with.
        base: Samples of that cost, taken in turn with ours, or a bound.
        unit: The unit of both.
        most: The highest allowed ratio, None without such a target.
        least: The lowest allowed ratio, None without such a target.
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
        """The ratio of the medians."""
        return median(self.ours) / median(self.base)

    @property
    def p95(self) -> float:
        """The ratio of the 95th percentiles."""
        return percentile(self.ours, P95) / percentile(self.base, P95)

    @property
    def met(self) -> bool | None:
        """Whether the target is met, None without a target."""
        if self.most is not None:
            return self.ratio <= self.most
        return None if self.least is None else self.ratio >= self.least

    @property
    def target(self) -> str:
        if self.most is not None:
            return f"<= {self.most:g}"
        return "" if self.least is None else f">= {self.least:g}"

    def as_json(self) -> dict[str, Any]:
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
