"""Input of forms and actions: it arrives unchanged, or is refused."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import settled

pytestmark = pytest.mark.usefixtures("all_rich_entities")

ANNA = "sensor.anna_presence"
MESSAGE = "sensor.anna_status_message"

UNCHANGED = (
    "</note><activities><clear/></activities><note>",
    "<![CDATA[x]]>&amp;&#0;",
    "]]>&undeclared;",
    "{{ states.person }} {% set x = 1 %}",
    "%0d%0aPresence-Override: false %n %s",
    "$(reboot) `id` ; DROP TABLE states",
    "![x](http://192.0.2.1/) <img src=x onerror=alert(1)>",
    "Ärger 🎧 \u202eabc",
)
REFUSED = ("a\0b", "\x1b[2J", "\ufffe", "\ud800", "\x7f\x08\x0b")


@pytest.fixture
def entry_options() -> dict[str, Any]:
    """Turn rich presence on, for status messages."""
    return {CONF_RICH_PRESENCE: True}


async def set_note(hass: HomeAssistant, note: str) -> None:
    data = {"entity_id": ANNA, "presence": "busy", "note": note}
    await hass.services.async_call(DOMAIN, "set_presence", data, blocking=True)


@pytest.mark.parametrize("note", UNCHANGED)
async def test_a_note_arrives_unchanged(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, note: str
) -> None:
    assert await async_setup_component(hass, "template", {})
    others = [each for each in (await cup.state())["people"] if each["user"] != "anna"]
    await set_note(hass, note)
    await settled(cup)

    people = (await cup.state())["people"]
    (anna,) = (each for each in people if each["user"] == "anna")
    assert (anna["presence"], anna["note"]) == ("BUSY", note)
    assert [each for each in people if each["user"] not in {"anna", "watcher"}] == [
        each for each in others if each["user"] != "watcher"
    ]
    assert shown(hass, MESSAGE) == note
    state = hass.states.get(ANNA)
    assert state is not None
    assert state.attributes["note"] == note


@pytest.mark.parametrize("note", REFUSED)
async def test_a_note_that_xml_cannot_carry_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, note: str
) -> None:
    await settled(cup)
    before = cup.asked("PUT")
    with pytest.raises((vol.Invalid, HomeAssistantError)):
        await set_note(hass, note)
    await settled(cup)
    assert cup.asked("PUT") == before
    assert shown(hass, "sensor.anna_presence_source") == "own"
    assert await cup.presence_of("anna") == "AVAILABLE"


@pytest.mark.parametrize(
    "contact",
    [
        "a\r\nX: y@example.com",
        "a\x1b[2J@example.com",
        "a\0@example.com",
        "a@example.com\u202e",
        "a@b@c",
        "@example.com",
        "a@",
    ],
)
async def test_an_invalid_contact_is_not_requested(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, contact: str
) -> None:
    await settled(cup)
    before = cup.asked()
    with pytest.raises(vol.Invalid):
        await hass.services.async_call(
            DOMAIN, "get_presence", {"contact": contact}, blocking=True, return_response=True
        )
    assert cup.asked() == before


@pytest.mark.parametrize(
    "contact", ["../../sessions@example.com", "a%2F..%2Fb@example.com", "a?x=1#y&z@example.com"]
)
async def test_a_contact_is_one_segment_of_the_path(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, contact: str
) -> None:
    await settled(cup)
    people = await hass.services.async_call(
        DOMAIN, "get_presence", {"contact": contact}, blocking=True, return_response=True
    )
    assert people is not None
    assert people["people"][contact]["presence"] is None  # type: ignore[index,call-overload]
    *_, path = (each.path for each in cup.simulator.log)
    before, _, segment = path.partition("/contacts/")
    assert before == "/presence-service/users/watcher/presence/rich"
    assert not {"/", "?", "#"} & set(segment)
