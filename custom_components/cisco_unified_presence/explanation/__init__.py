"""Why a person has the presence that they have: as values, and as a sentence in any language."""

from .logbook import logbook_message
from .past import async_decisions
from .person import (
    async_circumstances,
    async_sentence,
    async_situation,
    async_subscribe_circumstances,
    async_system_sentence,
    full_explanation,
)
from .reasons import Reasons
from .rule_status import async_rule_status, rule_status
from .sentence import MAX_SENTENCE, sentence_of
from .situation import Besides, Circumstances, Kind, Note, Phase, Situation, situation_of
from .texts import Texts, async_own_texts, async_system_texts, async_texts

__all__ = [
    "MAX_SENTENCE",
    "Besides",
    "Circumstances",
    "Kind",
    "Note",
    "Phase",
    "Reasons",
    "Situation",
    "Texts",
    "async_circumstances",
    "async_decisions",
    "async_own_texts",
    "async_rule_status",
    "async_sentence",
    "async_situation",
    "async_subscribe_circumstances",
    "async_system_sentence",
    "async_system_texts",
    "async_texts",
    "full_explanation",
    "logbook_message",
    "rule_status",
    "sentence_of",
    "situation_of",
]
