"""What a conversation was about: the last person, and a question that waits for a name."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import chat_session
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .language import IntentType

MOST_CONVERSATIONS: Final = 100


@dataclass(frozen=True, slots=True)
class Pending:
    """An intent for which several people were meant, and its other slots."""

    intent: IntentType
    slots: Mapping[str, Any]


@dataclass(slots=True)
class Memory:
    """What one conversation was about.

    Attributes:
        person: The id of the person whom it was about last.
        pending: What waits for the name of one of several people.
    """

    person: str | None = None
    pending: Pending | None = None

    @callback
    def async_take_pending(self) -> Pending | None:
        """Return what waits; only the very next sentence answers it."""
        pending, self.pending = self.pending, None
        return pending


MEMORIES: Final[HassKey[OrderedDict[str, Memory]]] = HassKey(f"{DOMAIN}.voice_memories")


@callback
def async_memory(hass: HomeAssistant) -> Memory:
    """Return the memory of the conversation that goes on; outside of one it is soon forgotten."""
    session = chat_session.current_session.get()
    if session is None:
        return Memory()
    memories = hass.data.setdefault(MEMORIES, OrderedDict())
    memory = memories.setdefault(session.conversation_id, Memory())
    memories.move_to_end(session.conversation_id)
    if len(memories) > MOST_CONVERSATIONS:
        memories.popitem(last=False)
    return memory
