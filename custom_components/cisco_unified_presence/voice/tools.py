"""The intents as tools of language models."""

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.llm import IntentTool, ToolAnnotations
import voluptuous as vol

from ..const import DOMAIN, SUBENTRY_GROUP, SUBENTRY_PERSON
from .directory import speaking_entries
from .intents import INTENTS, SENTENCE_SLOTS, PresenceIntent

PROMPT: Final = (
    "Whether colleagues are available, busy or away, and why, is told by the tools of"
    f" {DOMAIN}. When a name means several people, ask which one."
)

# Every name costs the model its attention; without a list it sends what it has understood.
MOST_NAMES: Final = 200


@callback
def async_presence_tools(hass: HomeAssistant) -> list[IntentTool]:
    """Return the tools, with the names of now; none while nobody can be asked about."""
    people = _titles(hass, SUBENTRY_PERSON)
    if not people:
        return []
    choices = {"name": people, "group": _titles(hass, SUBENTRY_GROUP)}
    return [_tool(each(), choices) for each in INTENTS]


def _tool(handler: PresenceIntent, choices: dict[str, list[str]]) -> IntentTool:
    tool = IntentTool(
        f"{DOMAIN}__{handler.intent_type}",
        handler,
        title=handler.title,
        integration=DOMAIN,
        annotations=ToolAnnotations(
            read_only=handler.is_query, destructive=False, idempotent=True, open_world=False
        ),
    )
    tool.parameters = vol.Schema(
        {
            key: _among(choices.get(str(key)), validator)
            for key, validator in tool.parameters.schema.items()
            if str(key) not in SENTENCE_SLOTS and choices.get(str(key)) != []
        }
    )
    return tool


def _among(names: list[str] | None, validator: object) -> object:
    return vol.In(names) if names and len(names) <= MOST_NAMES else validator


def _titles(hass: HomeAssistant, kind: str) -> list[str]:
    titles = {
        each.title
        for entry in speaking_entries(hass)
        for each in entry.get_subentries_of_type(kind)
    }
    return sorted(titles, key=str.casefold)
