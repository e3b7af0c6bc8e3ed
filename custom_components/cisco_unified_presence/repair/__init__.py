"""The flows that fix repair issues."""

from .callback import CALLBACK_ISSUES, CallbackRepairFlow
from .certificate import CERTIFICATE_ISSUES, CertificateRepairFlow
from .flow import EntryRepairFlow
from .people import UnknownPeopleRepairFlow
from .server import NOTHING_FREE, NothingFreeRepairFlow, TakenOverRepairFlow

__all__ = [
    "CALLBACK_ISSUES",
    "CERTIFICATE_ISSUES",
    "NOTHING_FREE",
    "CallbackRepairFlow",
    "CertificateRepairFlow",
    "EntryRepairFlow",
    "NothingFreeRepairFlow",
    "TakenOverRepairFlow",
    "UnknownPeopleRepairFlow",
]
