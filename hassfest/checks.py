"""All checks, and running them."""

from collections.abc import Callable, Iterable

from . import (
    blueprints,
    brand,
    descriptions,
    evidence,
    flows,
    hacs,
    icons,
    languages,
    manifest,
    quality_scale,
    texts,
)
from .repository import Finding, Repository, Unreadable

CHECKS: tuple[Callable[[Repository], Iterable[Finding]], ...] = (
    manifest.check,
    hacs.check,
    descriptions.check,
    texts.check,
    languages.check,
    icons.check,
    flows.check,
    quality_scale.check,
    evidence.check,
    brand.check,
    blueprints.check,
)


def findings_in(repository: Repository) -> list[Finding]:
    """Return all that is to be mended; a file that cannot be read does not hide the others."""
    found: dict[Finding, None] = {}
    for check in CHECKS:
        try:
            found |= dict.fromkeys(check(repository))
        except Unreadable as error:
            found[error.finding] = None
    return list(found)
