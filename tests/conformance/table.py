"""All cases, in the order of the reference."""

from typing import Final

from . import (
    addresses,
    clusters,
    codes,
    documents,
    expiries,
    faults,
    limits,
    logins,
    notifications,
    operations,
    overrides,
    soap_operations,
    subscription_codes,
    words,
)
from .case import Case

_TABLES: Final = (
    addresses.TABLE,
    operations.TABLE,
    soap_operations.TABLE,
    words.TABLE,
    overrides.TABLE,
    limits.TABLE,
    expiries.TABLE,
    logins.TABLE,
    notifications.TABLE,
    clusters.TABLE,
    codes.TABLE,
    subscription_codes.TABLE,
    faults.TABLE,
    documents.TABLE,
)

CASES: Final[tuple[Case, ...]] = tuple(
    sorted(
        (case for table in _TABLES for case in table.cases),
        key=lambda case: (case.section, case.rule or 0),
    )
)
