"""The flows that fix repair issues."""

from .callback import CALLBACK_ISSUES, CallbackRepairFlow
from .certificate import CERTIFICATE_ISSUES, CertificateRepairFlow
from .contact_list import ContactListRepairFlow
from .flow import EntryRepairFlow
from .left_contact_list import LeftContactListRepairFlow
from .overruled_rule import OverruledRuleRepairFlow
from .people import UnknownPeopleRepairFlow
from .rules import RenamedEntityRepairFlow
from .server import NOTHING_FREE, NothingFreeRepairFlow, TakenOverRepairFlow
from .voice import EditedSentencesRepairFlow, UnwrittenSentencesRepairFlow

__all__ = [
    "CALLBACK_ISSUES",
    "CERTIFICATE_ISSUES",
    "NOTHING_FREE",
    "CallbackRepairFlow",
    "CertificateRepairFlow",
    "ContactListRepairFlow",
    "EditedSentencesRepairFlow",
    "EntryRepairFlow",
    "LeftContactListRepairFlow",
    "NothingFreeRepairFlow",
    "OverruledRuleRepairFlow",
    "RenamedEntityRepairFlow",
    "TakenOverRepairFlow",
    "UnknownPeopleRepairFlow",
    "UnwrittenSentencesRepairFlow",
]
