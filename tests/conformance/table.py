"""All cases, in the order of the reference."""

from typing import Final

from . import (
    addresses,
    clusters,
    codes,
    connections,
    contact_service,
    documents,
    expiries,
    faults,
    lenient_reading,
    limits,
    logins,
    notifications,
    operations,
    overrides,
    privacy,
    shapes,
    soap_operations,
    subscription_codes,
    wild_documents,
    words,
)
from .case import Case

_TABLES: Final = (
    addresses.TABLE,
    connections.TABLE,
    operations.TABLE,
    lenient_reading.TABLE,
    soap_operations.TABLE,
    shapes.TABLE,
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
    contact_service.TABLE,
    privacy.TABLE,
    wild_documents.TABLE,
)

CASES: Final[tuple[Case, ...]] = tuple(
    sorted(
        (case for table in _TABLES for case in table.cases),
        key=lambda case: (case.section, case.rule or 0),
    )
)
