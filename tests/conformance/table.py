"""The one table: all cases, in the order of the reference."""

from typing import Final

from . import (
    addresses,
    operations,
    soap_operations,
)
from .case import Case

_TABLES: Final = (
    addresses.TABLE,
    operations.TABLE,
    soap_operations.TABLE,
)

CASES: Final[tuple[Case, ...]] = tuple(
    sorted(
        (case for table in _TABLES for case in table.cases),
        key=lambda case: (case.section, case.rule or 0),
    )
)
