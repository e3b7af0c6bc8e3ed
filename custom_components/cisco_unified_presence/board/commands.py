"""The WebSocket commands of the board. Their messages are in frontend/src/messages.ts.

Setting goes by the actions.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..actions import MOST_HOURS, Target, explanation_of_target, invalid
from ..const import DOMAIN
from ..error_messages import ErrorTexts
from ..explanation import async_decisions, async_texts
from ..people import Person, contact_key
from ..runtime import CupConfigEntry
from ..simulation import HOURS, SimulatedPerson, async_forecast
from .feed import Feed
from .people import may_see, people_in
from .people_feed import PeopleFeed
from .rules_feed import RulesFeed

NOT_LOADED: Final = "not_loaded"

# A tag, since Home Assistant makes the name of a file of it.
_TAG: Final = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}\Z"

LANGUAGE: Final[dict[vol.Marker, Any]] = {
    vol.Optional("language", default="en"): vol.All(str, vol.Match(_TAG))
}

PERSON: Final[dict[vol.Marker, Any]] = {
    vol.Required("person"): vol.Any(
        str, {vol.Required("entry_id"): str, vol.Required("subentry_id"): str}
    ),
    **LANGUAGE,
}

type Answer = Callable[[Target], Awaitable[JsonValueType]]

# An entry in these states has nothing to say yet, or any more.
_PASSING: Final = frozenset(
    {
        ConfigEntryState.NOT_LOADED,
        ConfigEntryState.SETUP_IN_PROGRESS,
        ConfigEntryState.UNLOAD_IN_PROGRESS,
    }
)


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register the commands, which stay until Home Assistant stops."""
    websocket_api.async_register_command(hass, _people_subscribe)
    websocket_api.async_register_command(hass, _rules_subscribe)
    websocket_api.async_register_command(hass, _explain)
    websocket_api.async_register_command(hass, _decisions)
    websocket_api.async_register_command(hass, _forecast)


@websocket_api.websocket_command({vol.Required("type"): f"{DOMAIN}/people/subscribe", **LANGUAGE})
@websocket_api.async_response
async def _people_subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    await _async_subscribe(hass, connection, msg, PeopleFeed)


@websocket_api.websocket_command({vol.Required("type"): f"{DOMAIN}/rules/subscribe", **LANGUAGE})
@websocket_api.async_response
async def _rules_subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    await _async_subscribe(hass, connection, msg, RulesFeed)


@websocket_api.websocket_command({vol.Required("type"): f"{DOMAIN}/explain", **PERSON})
@websocket_api.async_response
async def _explain(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    async def explained(target: Target) -> JsonValueType:
        texts = await async_texts(hass, msg["language"])
        return explanation_of_target(hass, target, texts)

    await _async_answer_about(hass, connection, msg, explained)


@websocket_api.websocket_command({vol.Required("type"): f"{DOMAIN}/decisions", **PERSON})
@websocket_api.async_response
async def _decisions(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    async def past(target: Target) -> JsonValueType:
        texts = await async_texts(hass, msg["language"])
        return async_decisions(hass, target.runtime, target.person, texts)

    await _async_answer_about(hass, connection, msg, past)


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/forecast",
        vol.Optional("hours", default=HOURS): vol.All(
            vol.Coerce(float), vol.Range(min=1, max=MOST_HOURS)
        ),
        **PERSON,
    }
)
@websocket_api.async_response
async def _forecast(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    async def ahead(target: Target) -> JsonValueType:
        person = SimulatedPerson(target.entry.entry_id, target.runtime, target.person)
        found = await async_forecast(hass, [person], msg["hours"])
        answer: JsonValueType = found[target.person.contact]
        return answer

    await _async_answer_about(hass, connection, msg, ahead)


async def _async_answer_about(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any], answer: Answer
) -> None:
    """Answer a question about one controlled person whom the user may see."""
    target = _target_of(hass, connection, msg["person"])
    if target is None:
        error = HomeAssistantError(translation_domain=DOMAIN, translation_key="no_such_person")
        await _async_refuse(hass, connection, msg, websocket_api.ERR_NOT_FOUND, error)
        return
    person = target.person
    if not person.controlled:
        error = invalid("not_controlled", name=person.name)
        await _async_refuse(hass, connection, msg, websocket_api.ERR_NOT_SUPPORTED, error)
        return
    connection.send_result(msg["id"], {"people": {person.contact: await answer(target)}})


def _target_of(
    hass: HomeAssistant, connection: ActiveConnection, reference: str | dict[str, str]
) -> Target | None:
    """Return the person of a loaded entry whom a reference means, None if the user sees none."""
    may, is_admin = connection.user.permissions.check_entity, connection.user.is_admin
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        for person in people_in(entry).values():
            if _means(reference, entry, person) and may_see(
                hass, may, entry, person, is_admin=is_admin
            ):
                return Target(person, entry)
    return None


def _means(reference: str | dict[str, str], entry: CupConfigEntry, person: Person) -> bool:
    if isinstance(reference, str):
        return person.key == contact_key(reference)
    return (reference["entry_id"], reference["subentry_id"]) == (
        entry.entry_id,
        person.subentry_id,
    )


async def _async_subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any], kind: type[Feed]
) -> None:
    entries = hass.config_entries.async_entries(DOMAIN)
    if all(entry.state in _PASSING for entry in entries):
        error = HomeAssistantError(translation_domain=DOMAIN, translation_key="board_not_loaded")
        await _async_refuse(hass, connection, msg, NOT_LOADED, error)
        return
    await kind(hass, connection, msg["id"], msg["language"]).async_start()


async def _async_refuse(
    hass: HomeAssistant,
    connection: ActiveConnection,
    msg: dict[str, Any],
    code: str,
    error: HomeAssistantError,
) -> None:
    """Answer with an error; one that is raised would be logged each time."""
    texts = await ErrorTexts.async_load(hass, msg["language"])
    connection.send_error(
        msg["id"],
        code,
        texts.sentence(error),
        translation_key=error.translation_key,
        translation_domain=DOMAIN,
        translation_placeholders=error.translation_placeholders,
    )
