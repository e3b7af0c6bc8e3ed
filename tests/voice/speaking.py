"""Speaking with Home Assistant's own conversation agent."""

from homeassistant.components.conversation import async_converse
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.intent import IntentResponse

from custom_components.cisco_unified_presence.voice import VOICE


async def rewritten(hass: HomeAssistant) -> None:
    """Let the sentences follow what has changed, without waiting for the pause between."""
    await hass.async_block_till_done()
    await hass.data[VOICE].async_update()


class Speaker:
    """Someone who speaks one language, in one conversation.

    Attributes:
        user_id: The user; None for a satellite.
    """

    def __init__(self, hass: HomeAssistant, language: str, user_id: str | None = None) -> None:
        self.user_id = user_id
        self._hass = hass
        self._language = language
        self._conversation: str | None = None

    async def responds(self, said: str) -> IntentResponse:
        result = await async_converse(
            self._hass,
            said,
            self._conversation,
            Context(user_id=self.user_id),
            language=self._language,
        )
        self._conversation = result.conversation_id
        return result.response

    async def says(self, said: str) -> str:
        """Return the answer."""
        response = await self.responds(said)
        speech: str = response.speech["plain"]["speech"]
        return speech
