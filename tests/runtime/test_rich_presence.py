"""Rich presence, read and written: note, devices, on the phone, in a meeting."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from hypothesis import given
from hypothesis import strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.channel.presence_reader import RICH_PAUSE_SECONDS
from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.redaction import redacted
from tests.common.live_channel import never_refresh
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until

pytestmark = pytest.mark.usefixtures("all_rich_entities")

RICH = ("_status_message", "_on_the_phone", "_in_a_meeting")
ANNA = "sensor.anna_presence"
MESSAGE = "sensor.anna_status_message"
PHONE = "binary_sensor.anna_on_the_phone"
MEETING = "binary_sensor.anna_in_a_meeting"


@pytest.fixture
def entry_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Turn rich presence on, unless a test turns it off."""
    return {CONF_RICH_PRESENCE: getattr(request, "param", True)}


async def act(hass: HomeAssistant, action: str, **data: Any) -> None:
    await hass.services.async_call(DOMAIN, action, {"entity_id": ANNA, **data}, blocking=True)


async def person_of(cup: Cup, user: str) -> dict[str, Any]:
    people: list[dict[str, Any]] = (await cup.state())["people"]
    return next(each for each in people if each["user"] == user)


@pytest.mark.parametrize("entry_options", [False], indirect=True)
async def test_rich_presence_is_off_by_default(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.choose("anna", "BUSY", note="Lunch")
    await until(lambda: shown(hass, ANNA) == "busy")
    state = hass.states.get(ANNA)
    assert state
    assert "note" not in state.attributes
    sensors = [each for each in entity_registry.entities if "sensor." in each]
    assert not [each for each in sensors if each.endswith(RICH)]
    # The first start asks once whether an override of an earlier run stands for Anna.
    assert cup.asked("GET", "/rich/") == cup.asked("GET", "/rich/contacts/anna") == 1


async def test_what_a_person_does_is_shown(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    assert (shown(hass, MESSAGE), shown(hass, PHONE)) == ("", "off")
    await cup.choose("anna", "DND", note="Deep work", activities=["meeting"])
    await until(lambda: shown(hass, MESSAGE) == "Deep work")
    assert (shown(hass, ANNA), shown(hass, PHONE), shown(hass, MEETING)) == (
        "do_not_disturb",
        "off",
        "on",
    )
    state = hass.states.get(ANNA)
    assert state
    assert state.attributes["note"] == "Deep work"
    assert state.attributes["devices"] == {"jabber": "available"}

    await cup.choose("anna", "BUSY", manual=True, activities=["on-the-phone"])
    await until(lambda: shown(hass, PHONE) == "on")
    assert (shown(hass, MESSAGE), shown(hass, MEETING)) == ("", "off")


async def test_a_long_message_is_cut(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.choose("anna", "BUSY", note="x" * 300)
    await until(lambda: shown(hass, MESSAGE) == "x" * 255)


async def test_a_note_is_set_and_cleared_with_the_presence(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await act(hass, "set_presence", presence="busy", note=" In the lab ")
    assert (await person_of(cup, "anna"))["note"] == "In the lab"
    assert (shown(hass, ANNA), shown(hass, MESSAGE)) == ("busy", "In the lab")

    await act(hass, "set_presence", presence="do_not_disturb")
    assert (await person_of(cup, "anna"))["note"] == ""
    assert (shown(hass, ANNA), shown(hass, MESSAGE)) == ("do_not_disturb", "")

    await act(hass, "set_presence", presence="available", note="Come in")
    assert (shown(hass, ANNA), shown(hass, MESSAGE)) == ("available", "Come in")
    await act(hass, "clear_presence")
    person = await person_of(cup, "anna")
    assert (person["note"], person["override"]) == ("", None)


async def test_a_note_is_renewed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await act(hass, "set_presence", presence="busy", note="In the lab")
    await pass_time(freezer, cup, 5400)
    await pass_time(freezer, cup, 5400)
    assert (await person_of(cup, "anna"))["note"] == "In the lab"


async def test_a_note_needs_override(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    with pytest.raises(ServiceValidationError, match="overrides"):
        await act(hass, "set_presence", presence="busy", note="Lab", override=False)
    assert (await person_of(cup, "anna"))["override"] is None


UNREADABLE = (
    '<presenceList type="rich"><contact uri="anna@example.com">'
    "<nobody>Anna Secret</nobody></contact></presenceList>"
)


async def test_documents_that_cannot_be_read_are_given_up_for_a_while(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("garbage", path="/rich/", body=UNREADABLE, status=200)
    await cup.inject("drop_notifications")
    await pass_time(freezer, cup, 900)
    issue = ir.async_get(hass).async_get_issue(
        DOMAIN, f"{Issue.RICH_PRESENCE_NOT_UNDERSTOOD}_{loaded.entry_id}"
    )
    assert issue
    assert issue.translation_placeholders
    sample = issue.translation_placeholders["sample"]
    assert "<nobody>…</nobody>" in sample
    assert "anna" not in sample
    rich = cup.asked("GET", "/rich/")
    await cup.choose("anna", "BUSY")
    await settled(cup)
    await pass_time(freezer, cup, 60)
    assert shown(hass, ANNA) == "busy"
    await pass_time(freezer, cup, 900)
    assert cup.asked("GET", "/rich/") == rich
    assert (shown(hass, MESSAGE), shown(hass, PHONE)) == (STATE_UNKNOWN, STATE_UNKNOWN)

    await cup.heal()
    await pass_time(freezer, cup, RICH_PAUSE_SECONDS)
    await pass_time(freezer, cup, 900)
    await until(lambda: shown(hass, PHONE) == "off")
    assert not ir.async_get(hass).issues


async def test_news_of_whom_the_server_does_not_name_is_polled(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("garbage", path="/rich/subscriptions/", body=UNREADABLE, status=200)
    await cup.choose("anna", "AWAY")
    await until(lambda: shown(hass, ANNA) == "away")
    assert not ir.async_get(hass).issues


BROKEN = (
    '<presenceList type="rich"><contact contactURI="anna@example.com">'
    "&lt;presence&gt;&lt;note&gt;Secret&lt;/note&gt;&lt;/pres</contact></presenceList>"
)


async def test_document_that_cannot_be_read_is_one_person_s(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    never_refresh(loaded)
    await cup.inject("garbage", path="/rich/contacts/anna", body=BROKEN, status=200)
    await cup.choose("anna", "AWAY")
    await cup.choose("ben", "BUSY", note="Lab")
    await settled(cup)
    await loaded.runtime_data.poller.async_refresh_all()
    assert (shown(hass, ANNA), shown(hass, PHONE)) == ("away", STATE_UNKNOWN)
    assert shown(hass, "sensor.ben_status_message") == "Lab"
    assert not ir.async_get(hass).issues

    await pass_time(freezer, cup, 910)
    issue_id = f"{Issue.PEOPLE_UNREADABLE}_{loaded.entry_id}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue
    assert issue.translation_placeholders
    assert issue.translation_placeholders["people"] == "Anna"
    assert "<note>…</note>" in issue.translation_placeholders["sample"]

    await cup.heal()
    await loaded.runtime_data.poller.async_refresh_all()
    assert shown(hass, PHONE) == "off"
    assert not ir.async_get(hass).async_get_issue(DOMAIN, issue_id)


@pytest.mark.parametrize("body", ["<html>Log in</html>", "<not-closed>"])
async def test_documents_are_not_given_up_for_a_server_that_fails_to_answer_at_all(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    body: str,
) -> None:
    await settled(cup)
    await cup.inject("garbage", body=body, status=200)
    await cup.choose("anna", "AWAY")
    await pass_time(freezer, cup, 900)
    await cup.heal()
    await pass_time(freezer, cup, 90)

    assert shown(hass, ANNA) == "away"
    rich = cup.asked("GET", "/rich/")
    await pass_time(freezer, cup, 60)
    assert cup.asked("GET", "/rich/") > rich
    assert shown(hass, PHONE) == "off"
    assert not ir.async_get(hass).issues


def test_a_sample_keeps_its_shape_and_hides_its_words() -> None:
    document = (
        '<?xml version="1.0"?><presence xmlns="urn:x:y" entity=\'sip:anna@example.com\'>'
        '<tuple id="cisco-upc"><basic>open</basic><note>My secret</note></tuple></presence>'
    )
    assert redacted(document) == (
        '<?xml version="1.0"?><presence xmlns="urn:x:y" entity="…">'
        '<tuple id="cisco-upc"><basic>open</basic><note>…</note></tuple></presence>'
    )
    assert len(redacted("<a>" * 5000)) == 1500


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("Fatal error for anna@example.com (code 7)", "… … … … (… 7)"),
        ('{"contact": "anna", "presence": "BUSY"}', '{"…": "…", "…": "BUSY"}'),
        ("From: Anna <anna>\n```x```", "… … <…>\n'''…'''"),
        ("<html><body>Hello Anna</body></html>", "<html><body>…</body></html>"),
        ('<contact contactURI="anna@exam', '<… …="…'),
        ("<p>Hello <anna@example.com></p>", "<p>… <…></p>"),
        ('<a href=anna><b title="Anna&apos;s" c>x</b>', '<… …=…><… …="…&…;…" …>…</b>'),
        ("", ""),
    ],
)
def test_a_sample_of_what_is_no_document_hides_its_words(sample: str, expected: str) -> None:
    assert redacted(sample) == expected


@given(st.text("<>=\"'/ ab?!-:`", max_size=60), st.text("<>=\"'/ ab?!-:`", max_size=60))
def test_a_sample_never_shows_a_text_or_a_value(before: str, after: str) -> None:
    for hidden in (f"{before} annA@example.com {after}", f'{before}="annA.b" {after}'):
        assert "annA" not in redacted(hidden)


async def test_an_answer_that_is_no_xml_is_shown_in_the_issue(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("garbage", body="Sorry anna, try later", path="/rich/")
    await loaded.runtime_data.poller.async_refresh_all()
    (issue,) = ir.async_get(hass).issues.values()
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["sample"] == "… …, … …"
    await cup.heal()
