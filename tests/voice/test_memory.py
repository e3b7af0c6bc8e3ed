"""What a conversation remembers."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import chat_session

from custom_components.cisco_unified_presence.voice.language import IntentType
from custom_components.cisco_unified_presence.voice.memory import (
    MEMORIES,
    Memory,
    Pending,
    async_memory,
)


def remembered(hass: HomeAssistant, conversation: str) -> Memory:
    token = chat_session.current_session.set(chat_session.ChatSession(conversation))
    try:
        return async_memory(hass)
    finally:
        chat_session.current_session.reset(token)


async def test_what_waits_is_answered_once() -> None:
    pending = Pending(IntentType.GET, {"presence": "busy"})
    memory = Memory(pending=pending)
    assert memory.async_take_pending() is pending
    assert memory.async_take_pending() is None


async def test_each_conversation_has_its_own_memory(hass: HomeAssistant) -> None:
    first = remembered(hass, "first")
    assert remembered(hass, "second") is not first
    assert remembered(hass, "first") is first


async def test_outside_of_a_conversation_nothing_is_remembered(hass: HomeAssistant) -> None:
    assert async_memory(hass) is not async_memory(hass)
    assert MEMORIES not in hass.data


async def test_the_conversation_that_rested_longest_is_forgotten(hass: HomeAssistant) -> None:
    for number in range(100):
        remembered(hass, str(number))
    remembered(hass, "0")
    remembered(hass, "another")
    assert len(hass.data[MEMORIES]) == 100
    assert "0" in hass.data[MEMORIES]
    assert "1" not in hass.data[MEMORIES]
