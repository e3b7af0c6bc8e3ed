"""Ask the server for presence now: of people in Home Assistant, and of any contact."""

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.helpers.target import TargetSelection
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..const import CONF_PRESENCE_DOMAIN, DOMAIN
from ..error_messages import translated
from ..people import async_presence_sensor, contact_key
from ..pws import without_scheme
from ..runtime import CupConfigEntry
from ..states import presence_in_words
from .for_each import async_for_each
from .permissions import Caller
from .targets import Target, Targets, async_targets_of, invalid

ATTR_CONTACT = "contact"

type Answers = dict[str, JsonValueType]


def _printable(text: str) -> str:
    """Return a text unchanged when it can be sent and shown.

    Raises:
        vol.Invalid: It has invisible characters.
    """
    if not text.isprintable():
        raise vol.Invalid("There are characters in it that cannot be seen")
    return text


# A user name is one of the server's own presence domain.
CONTACT = vol.All(cv.string, without_scheme, vol.Match(r"[^\s@]+(@[^\s@]+)?$"), _printable)

GET_PRESENCE_SCHEMA = vol.Schema(
    {
        **cv.ENTITY_SERVICE_FIELDS,
        vol.Optional(ATTR_CONTACT): vol.All(cv.ensure_list, vol.Length(max=100), [CONTACT]),
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
    }
)


async def async_get_presence(call: ServiceCall) -> ServiceResponse:
    contacts: list[str] = call.data.get(ATTR_CONTACT, [])
    targets = await _async_readable_targets(call)
    if not targets.people and not contacts:
        raise invalid("nobody_meant")
    if not contacts:
        return {"people": await _async_poll(call, targets)}
    caller = await Caller.async_of(call)
    entry = _entry_of(call)
    domain = entry.data[CONF_PRESENCE_DOMAIN]
    contacts = [each if "@" in each else f"{each}@{domain}" for each in contacts]
    _require_readable(call.hass, entry, caller, contacts)
    answers = await _async_poll(call, targets)
    for contact, presence in (await _async_read(call, entry, contacts)).items():
        # The answer for a person in Home Assistant has a name too.
        answers.setdefault(contact, presence)
    return {"people": answers}


def _entry_of(call: ServiceCall) -> CupConfigEntry:
    entry_id: str | None = call.data.get(ATTR_CONFIG_ENTRY_ID)
    entry: CupConfigEntry = async_get_config_entry(call.hass, DOMAIN, entry_id)
    return entry


def _require_readable(
    hass: HomeAssistant, entry: CupConfigEntry, caller: Caller, contacts: list[str]
) -> None:
    """Require that the caller may be told of these contacts.

    A person whom an administrator has added is shown to the users who may read the person's
    entity. All others on the server are not Home Assistant's to show.

    Raises:
        Unauthorized: One of them is not allowed.
    """
    for contact in contacts:
        entity_id = async_presence_sensor(hass, entry.entry_id, contact_key(contact))
        if entity_id is None:
            caller.require_administrator()
        else:
            caller.require([entity_id], POLICY_READ)


async def _async_readable_targets(call: ServiceCall) -> Targets:
    if not TargetSelection(call.data).has_any_target:
        return Targets([], [])
    return await async_targets_of(call, POLICY_READ, controlled=False)


async def _async_poll(call: ServiceCall, targets: Targets) -> Answers:
    answers: dict[tuple[str, str], JsonValueType] = {}
    language = call.hass.config.language

    async def poll(target: Target) -> None:
        person = target.person
        presence = await target.runtime.poller.async_poll(person.contact)
        answers[target.id] = {
            "name": person.name,
            **presence_in_words(presence, language),
        }

    await async_for_each(call.hass, targets.people, poll, "not_seen")
    keys = zip(targets.answer_keys(call.hass), targets.people, strict=True)
    return {key: answers[target.id] for key, target in keys}


async def _async_read(call: ServiceCall, entry: CupConfigEntry, contacts: list[str]) -> Answers:
    with translated(HomeAssistantError):
        presences = await entry.runtime_data.poller.async_read(contacts)
    language = call.hass.config.language
    return {each.contact: presence_in_words(each, language) for each in presences}
