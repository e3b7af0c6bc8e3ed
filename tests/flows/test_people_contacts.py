"""Adding people out of the watcher's own contact list."""

import asyncio
import hashlib
import ssl
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from custom_components.cisco_unified_presence.const import SUBENTRY_PERSON
from custom_components.cisco_unified_presence.flows.people_form import CONF_CONTACTS
from custom_components.cisco_unified_presence.pws import read_certificates
from custom_components.cisco_unified_presence.roster import contact_service
from custom_components.cisco_unified_presence.trust import (
    contact_service_pins,
    fingerprint_text,
    with_contact_service_pin,
)
from tests.common.flows import Walk
from tests.common.server import PASSWORD, Cup
from tests.common.tls_garbage import GARBAGE, listening
from tests.common.waiting import settled, until

LISTED = {
    "Team": ("anna@example.com", "dora@example.com", "emil@example.com"),
    "Friends": ("EMIL@example.com", "guest@example.org"),
}


@pytest.fixture
def cup_configuration() -> Configuration:
    """A watcher with a contact list, of which Anna has been added already."""
    users = ("anna", "ben", "clara", "dora", "emil", "finn")
    return Configuration(
        domain="example.com",
        application_users={"hass": ApplicationUser(PASSWORD)},
        people=(
            *(ConfiguredPerson(user, user.title()) for user in users),
            ConfiguredPerson("watcher", "Watcher", contacts=LISTED),
        ),
    )


@pytest.fixture(autouse=True)
def _handshakes_may_fail(hass: HomeAssistant) -> None:
    """Let the simulator, which shares our loop, see a client turn away from its certificate."""
    hass.loop.set_debug(False)


def offered(walk: Walk) -> dict[str, str]:
    """Return the labels of who can be picked."""
    schema: dict[Any, Any] = walk.result["data_schema"].schema
    return {each["value"]: each["label"] for each in schema[CONF_CONTACTS].config["options"]}


def added_to(entry: MockConfigEntry) -> dict[str, str]:
    people = entry.get_subentries_of_type(SUBENTRY_PERSON)
    return {each.data["contact"]: each.title for each in people}


@pytest.fixture
def before(loaded: MockConfigEntry) -> dict[str, str]:
    return added_to(loaded)


pytestmark = pytest.mark.usefixtures("before")
trusted = pytest.mark.usefixtures("trusted_client_configuration")


@trusted
async def test_several_lines_can_be_written_beside_the_list(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    assert offered(walk)
    schema = walk.result["data_schema"]
    assert schema is not None
    assert schema.schema["people"].config["multiline"]


@trusted
async def test_the_list_is_offered_without_those_who_are_there(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    sessions = (await cup.state())["sessions"]
    walk = await Walk.people(hass, loaded.entry_id)
    assert walk.step == "contacts"
    assert "anna@example.com" in walk.sentence  # the example, with the presence domain
    assert offered(walk) == {
        "dora@example.com": "dora (Team)",
        "emil@example.com": "emil (Team, Friends)",
        "guest@example.org": "guest@example.org (Friends)",
    }
    # The running entry's own session has served.
    assert (await cup.state())["sessions"] == sessions


@trusted
async def test_some_are_picked(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, before: dict[str, str]
) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    picked = ["emil@example.com", "dora@example.com"]
    await walk.fill_in("contacts", contacts=picked, controlled=True)
    dora = {"user": "dora", "contact": "dora@example.com", "controlled": True}
    assert walk.created == {**dora, "told_name": "Dora"}
    assert added_to(loaded) == {**before, "emil@example.com": "Emil", "dora@example.com": "Dora"}
    await hass.async_block_till_done()
    await settled(cup)
    [subscription] = (await cup.state())["subscriptions"]
    assert set(subscription["contacts"]) == added_to(loaded).keys()


@trusted
@pytest.mark.parametrize("picked", [{}, {"contacts": []}])
async def test_others_are_written(
    hass: HomeAssistant, loaded: MockConfigEntry, before: dict[str, str], picked: dict[str, Any]
) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    await walk.fill_in("contacts", **picked, people="finn, Finn", controlled=False)
    assert walk.created["controlled"] is False
    assert added_to(loaded) == {**before, "finn@example.com": "Finn"}


@trusted
async def test_some_are_picked_and_others_written_and_a_written_name_counts(
    hass: HomeAssistant, loaded: MockConfigEntry, before: dict[str, str]
) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    picked = ["dora@example.com", "emil@example.com"]
    await walk.fill_in(
        "contacts", contacts=picked, people="finn\nDORA, Dora Example\nanna", controlled=False
    )
    assert walk.created["user"] == "finn"
    added = {"DORA@example.com": "Dora Example", "emil@example.com": "Emil"}
    assert added_to(loaded) == {**before, **added, "finn@example.com": "Finn"}


@trusted
@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({}, "nobody"),
        ({"contacts": []}, "nobody"),
        ({"contacts": [], "people": " \n"}, "nobody"),
        ({"people": "anna"}, "already_added"),
        ({"contacts": ["dora@example.com"], "people": "em il"}, "bad_person"),
    ],
)
async def test_what_cannot_be_added_is_told_and_can_be_corrected(
    hass: HomeAssistant, loaded: MockConfigEntry, typed: dict[str, Any], error: str
) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    shown = offered(walk)
    await walk.fill_in("contacts", **typed, controlled=True)
    assert (walk.step, walk.error) == ("contacts", error)
    assert walk.suggested == {**typed, "controlled": True}
    assert offered(walk) == shown
    await walk.fill_in("contacts", contacts=["dora@example.com"], controlled=True)
    assert walk.created["user"] == "dora"


@trusted
async def test_who_is_not_offered_cannot_be_picked(
    hass: HomeAssistant, loaded: MockConfigEntry, before: dict[str, str]
) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    with pytest.raises(InvalidData):
        await walk.fill_in("contacts", contacts=["anna@example.com"], controlled=True)
    assert added_to(loaded) == before


@trusted
async def test_going_back_keeps_what_was_picked_but_for_who_was_added_meanwhile(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    picked = ["dora@example.com", "guest@example.org"]
    await walk.fill_in("contacts", contacts=picked, people="zoe", controlled=True)
    assert "guest@example.org" in walk.sentence
    other = await Walk.people(hass, loaded.entry_id)
    await other.fill_in("contacts", contacts=["dora@example.com"], controlled=False)
    await walk.choose("unknown", "user")
    assert walk.step == "contacts"
    assert walk.suggested == {
        "contacts": ["guest@example.org"],
        "people": "zoe",
        "controlled": True,
    }
    assert "dora@example.com" not in offered(walk)
    await walk.fill_in("contacts", contacts=["emil@example.com"], controlled=False)
    assert walk.created["user"] == "emil"


async def only_lines(hass: HomeAssistant, entry: MockConfigEntry) -> Walk:
    """Begin to add people, and see that nothing but lines is asked for."""
    walk = await Walk.people(hass, entry.entry_id)
    assert (walk.step, walk.error) == ("user", None)
    return walk


@trusted
async def test_when_all_of_them_have_been_added_only_lines_are_asked_for(
    hass: HomeAssistant, entry: MockConfigEntry, loaded: MockConfigEntry
) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    await walk.fill_in("contacts", contacts=list(offered(walk)), controlled=False)
    await walk.choose("unknown", "add")
    assert walk.created
    await only_lines(hass, loaded)


async def test_without_the_service_only_lines_are_asked_for(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    walk = await only_lines(hass, loaded)
    await walk.fill_in("user", people="finn", controlled=False)
    assert walk.created["user"] == "finn"


async def not_trusted(hass: HomeAssistant, entry: MockConfigEntry) -> Walk:
    """Begin to add people, and see that the certificate of the list is offered."""
    walk = await Walk.people(hass, entry.entry_id)
    assert (walk.step, walk.error) == ("contacts_not_trusted", None)
    return walk


@pytest.mark.usefixtures("client_configuration_port")
async def test_a_certificate_that_is_not_trusted_is_offered_and_then_the_list(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    running = loaded.runtime_data
    walk = await not_trusted(hass, loaded)
    assert f"127.0.0.1:{cup.simulator.ports.epas}" in walk.sentence
    assert "certificate" in walk.sentence
    typed = {"people": "finn", "controlled": True}
    await walk.fill_in("contacts_not_trusted", show_certificate=True, **typed)
    pem = (cup.simulator.tls_dir / "tomcat.pem").read_text()
    shown = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    assert fingerprint_text(shown) in walk.sentence
    await walk.fill_in("certificate")
    assert walk.step == "contacts"
    assert "dora@example.com" in offered(walk)
    # What was typed stays, and the entry goes on running.
    assert walk.suggested == typed
    await hass.async_block_till_done()
    assert loaded.runtime_data is running
    await walk.fill_in("contacts", contacts=["dora@example.com"], controlled=False)
    assert (await Walk.people(hass, loaded.entry_id)).step == "contacts"


@pytest.mark.usefixtures("client_configuration_port")
async def test_another_certificate_than_the_trusted_one_is_shown_beside_it(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    port = cup.simulator.ports.epas
    data = with_contact_service_pin(loaded.data, "127.0.0.1", port, "ab" * 32)
    hass.config_entries.async_update_entry(loaded, data=data)
    walk = await not_trusted(hass, loaded)
    await walk.fill_in("contacts_not_trusted", show_certificate=True, controlled=False)
    assert fingerprint_text("ab" * 32) in walk.sentence
    await walk.fill_in("certificate")
    assert walk.step == "contacts"


async def test_both_certificates_of_the_contact_list_are_trusted(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The presence port has two certificates, and shows the first.
    port = cup.simulator.ports.https
    monkeypatch.setattr(contact_service, "PORTS", (port,))
    shown = (await read_certificates("127.0.0.1", port, timeout=5)).fingerprints
    assert len(shown) == 2
    data = with_contact_service_pin(loaded.data, "127.0.0.1", port, shown[1])
    hass.config_entries.async_update_entry(loaded, data=data)
    walk = await not_trusted(hass, loaded)
    await walk.fill_in("contacts_not_trusted", show_certificate=True, controlled=False)
    assert walk.step == "two_certificates"
    assert all(fingerprint_text(each) in walk.sentence for each in shown)
    await walk.fill_in("two_certificates")
    assert set(contact_service_pins(loaded.data, "127.0.0.1", port)) == set(shown)
    # It is trusted now, but no contact service.
    assert walk.step == "user"
    assert (await only_lines(hass, loaded)).step == "user"


@pytest.mark.usefixtures("client_configuration_port")
async def test_people_are_added_without_trusting_the_contact_list(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    walk = await not_trusted(hass, loaded)
    await walk.fill_in("contacts_not_trusted", controlled=False)
    assert walk.error == "nobody"
    await cup.inject("refuse_configuration")
    await walk.fill_in("contacts_not_trusted", show_certificate=True, controlled=False)
    assert walk.error == "contact_service_refused"
    assert "The contact list comes from another service of the node." in walk.sentence
    await cup.heal()
    await walk.fill_in("contacts_not_trusted", people="finn", controlled=False)
    assert walk.created["user"] == "finn"


async def test_the_list_is_found_at_the_other_port(
    hass: HomeAssistant,
    client_configuration_port: int,
    loaded: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contact_service, "PORTS", (1, client_configuration_port))
    walk = await not_trusted(hass, loaded)
    assert f"127.0.0.1:{client_configuration_port}" in walk.sentence


@trusted
async def test_a_port_that_is_shut_is_passed_over(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    await cup.inject("refuse_configuration")
    walk = await only_lines(hass, loaded)
    said = walk.result["description_placeholders"]["contact_list"]
    assert "The contact list comes from another service of the node." in said
    await cup.heal()


@trusted
async def test_a_session_that_is_refused_is_passed_over(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    cup.simulator.service.lose_sessions()
    walk = await only_lines(hass, loaded)
    await walk.fill_in("user", people="finn", controlled=False)
    assert walk.created["user"] == "finn"


@trusted
async def test_a_server_that_is_down_is_told_only_when_it_is_needed(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    await loaded.runtime_data.client.log_out_user("watcher")
    await cup.inject("refuse_connections")
    walk = await only_lines(hass, loaded)
    await walk.fill_in("user", people="finn", controlled=False)
    assert walk.error == "cannot_connect_refused"
    await cup.heal()


@trusted
async def test_a_server_that_is_silent_does_not_keep_people_waiting(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_service, "PATIENCE_SECONDS", 0.2)
    await loaded.runtime_data.client.log_out_user("watcher")
    await cup.inject("delay", delay=3600)
    # A request would time out after ten seconds.
    async with asyncio.timeout(9):
        await only_lines(hass, loaded)
    await cup.heal()


@trusted
@pytest.mark.parametrize("answer", GARBAGE)
async def test_an_answer_that_is_none_is_passed_over(
    hass: HomeAssistant,
    cup: Cup,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
) -> None:
    async with listening(cup.simulator.tls_dir, GARBAGE[answer]) as (port, asked):
        monkeypatch.setattr(contact_service, "PORTS", (port,))
        walking = asyncio.create_task(only_lines(hass, loaded))
        await until(lambda: asked)
        if not GARBAGE[answer]:
            freezer.tick(contact_service.PATIENCE_SECONDS + 0.1)
        walk = await walking
    said = walk.result["description_placeholders"]["contact_list"]
    assert "belong to the Presence Web Service" not in said
