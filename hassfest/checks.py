"""All checks, and running them."""

from collections.abc import Callable, Iterable

from . import blueprints, brand, evidence, languages, quality_scale
from .repository import Finding, Repository, Unreadable

CHECKS: tuple[Callable[[Repository], Iterable[Finding]], ...] = (
    languages.check,
    quality_scale.check,
    evidence.check,
    brand.check,
    blueprints.check,
)


def findings_in(repository: Repository) -> list[Finding]:
    """Return all findings; an unreadable file does not hide those of other checks."""
    found: dict[Finding, None] = {}
    for check in CHECKS:
        try:
            found |= dict.fromkeys(check(repository))
        except Unreadable as error:
            found[error.finding] = None
    return list(found)
