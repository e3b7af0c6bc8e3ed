"""Why a person has the presence that they have, in one sentence."""

from homeassistant.core import HomeAssistant

from ..decision_words import in_words
from ..people import Person
from ..rules import async_rule_engine
from ..runtime import CupConfigEntry


async def async_reason_of(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    person: Person,
    language: str,  # noqa: ARG001
) -> str:
    reconciler = entry.runtime_data.reconciler
    return in_words(
        reconciler.decision_of(person),
        waiting_until=reconciler.waiting_until(person),
        gate=async_rule_engine(hass).pauses.gate_of((entry.entry_id, person.key)),
    )
