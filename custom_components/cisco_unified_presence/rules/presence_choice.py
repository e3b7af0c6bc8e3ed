"""Where a rule takes its presence from: a word, a template, or an entity or template with a map."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from homeassistant.const import CONF_ATTRIBUTE, CONF_ENTITY_ID
from homeassistant.helpers.template import is_template_string

from ..arbitration import RequestedPresence
from ..requested_presence import ImpossiblePresence, request_presence
from ..states import PRESENCES
from .condition_words import shortened

CONF_MAP: Final = "map"
CONF_NOTE: Final = "note"
CONF_PRESENCE: Final = "presence"
CONF_TEMPLATE: Final = "template"

# Leaves a person to their own devices, over what lower rules request.
OWN: Final = "own"
PRESENCE_WORDS: Final = (*PRESENCES, OWN)


@dataclass(frozen=True, slots=True)
class ChosenPresence:
    """A state or `own`, and the note that a map gives beside it, which may be a template."""

    word: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChoice:
    """How a rule chooses its presence; of word, template and entity just one is given.

    Attributes:
        attribute: Of the entity, None for its state.
        by_value: What each value stands for, None where the value is the word itself.
    """

    word: str | None = None
    template: str | None = None
    entity_id: str | None = None
    attribute: str | None = None
    by_value: Mapping[str, ChosenPresence] | None = None

    @classmethod
    def of(cls, written: str | Mapping[str, Any]) -> Self:
        """Return the choice that validated data describe."""
        if isinstance(written, str):
            if is_template_string(written):
                return cls(template=written)
            return cls(word=written)
        by_value = written.get(CONF_MAP)
        return cls(
            template=written.get(CONF_TEMPLATE),
            entity_id=written.get(CONF_ENTITY_ID),
            attribute=written.get(CONF_ATTRIBUTE),
            by_value=None
            if by_value is None
            else {
                value: ChosenPresence(chosen)
                if isinstance(chosen, str)
                else ChosenPresence(chosen[CONF_PRESENCE], chosen.get(CONF_NOTE))
                for value, chosen in by_value.items()
            },
        )

    @property
    def fixed(self) -> ChosenPresence | None:
        """Return what it always chooses, None where that depends on something."""
        return ChosenPresence(self.word) if self.word else None

    def choose(self, value: str) -> ChosenPresence | None:
        """Return what a value of the template or the entity stands for, None for nothing."""
        if self.by_value is not None:
            return self.by_value.get(value)
        return ChosenPresence(value) if value in PRESENCE_WORDS else None


def why_none(choice: PresenceChoice, value: str) -> str:
    """Return in words why a value stands for no presence, and what can be written instead."""
    if not value:
        return "it names none"
    said = f"“{shortened(value)}”"
    if choice.by_value is not None:
        return f"{said} is not in the map"
    words = ", ".join(PRESENCE_WORDS)
    return f"{said} is none; it has to be one of {words}, or a map has to say what it stands for"


def requested_for(
    chosen: ChosenPresence, *, override: bool | None, note: str | None
) -> RequestedPresence | None:
    """Return what is requested, None for the person's own devices.

    Where the server would not accept the override beside what a template has chosen, the usual one
    takes its place.
    """
    if chosen.word == OWN:
        return None
    presence = PRESENCES[chosen.word]
    try:
        return request_presence(presence, override=override, note=note)
    except ImpossiblePresence:
        return request_presence(presence, override=None, note=note)
