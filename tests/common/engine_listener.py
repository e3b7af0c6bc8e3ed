"""A listener to all that the rule engine tells of one entry."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.cisco_unified_presence.rules import RuleEngine
from tests.common.rules import ANNA, settled

OF_ANNA = f"requests of ['{ANNA}']"


class Told:
    """Collects what is told of the rule Desk, of Anna, and of all."""

    def __init__(self, engine: RuleEngine, entry: ConfigEntry) -> None:
        self._heard: list[str] = []
        anna = (entry.entry_id, ANNA)
        self._ends = [
            engine.async_subscribe_requests(
                entry.entry_id, lambda people: self._heard.append(f"requests of {sorted(people)}")
            ),
            engine.async_subscribe_evaluations(anna, lambda: self._heard.append("evaluations")),
            engine.async_subscribe_rule("desk", lambda: self._heard.append("rule")),
            engine.async_subscribe_rules(lambda: self._heard.append("rules")),
            engine.async_subscribe_directory(lambda: self._heard.append("directory")),
        ]

    async def heard(self, hass: HomeAssistant) -> list[str]:
        """Return what was told since."""
        await settled(hass)
        heard, self._heard = self._heard, []
        return sorted(heard)

    def end(self) -> None:
        for each in self._ends:
            each()
