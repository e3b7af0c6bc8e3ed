"""What is cleared of people and entries that were removed, whatever stood in the way."""

import asyncio
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.model import Presence, Status
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.trust import KnownNodes, NodeStore
from tests.common.entry import person
from tests.common.server import PASSWORD, Cup
from tests.common.server_state import NOTHING, left_at
from tests.common.setting_presence import (
    EXPIRY,
    WRITES,
    anna_of,
    logged_in,
    set_presence,
)
from tests.common.waiting import pass_time, settled, until

UNDO = f"{DOMAIN}.undo"
SIGNED_IN = Status(Presence.AVAILABLE)


@pytest.fixture
async def retried(hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup) -> MockConfigEntry:
    """Restart with Anna set to busy, while the server refuses connections."""
    await set_presence(hass, "busy")
    await loaded.runtime_data.async_leave(keep_published=True)
    await cup.inject("refuse_connections")
    assert not await hass.config_entries.async_reload(loaded.entry_id)
    assert loaded.state is ConfigEntryState.SETUP_RETRY
    return loaded


def pending_in(hass_storage: dict[str, Any]) -> dict[str, Any]:
    pending: dict[str, Any] = hass_storage.get(UNDO, {"data": {}})["data"]
    return pending


async def work_off(hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup) -> None:
    """Let the first attempts come and go."""
    for _ in range(6):
        await hass.async_block_till_done()
        await pass_time(freezer, cup, 10)


async def test_presence_is_cleared_after_its_entry_was_removed_while_not_loaded(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    retried: MockConfigEntry,
    cup: Cup,
) -> None:
    await hass.config_entries.async_remove(retried.entry_id)
    await pass_time(freezer, cup, 1)
    assert pending_in(hass_storage)[retried.entry_id]["account"]["data"]["password"] == PASSWORD
    await cup.heal()
    assert await cup.presence_of("anna") == "BUSY"

    await work_off(hass, freezer, cup)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert await left_at(cup) == NOTHING
    await pass_time(freezer, cup, 2)
    assert pending_in(hass_storage) == {}


async def test_presence_is_cleared_after_its_person_was_removed_while_not_loaded(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, retried: MockConfigEntry, cup: Cup
) -> None:
    hass.config_entries.async_remove_subentry(retried, anna_of(retried).subentry_id)
    await pass_time(freezer, cup, 1)
    await cup.heal()

    await work_off(hass, freezer, cup)

    await until(lambda: retried.state is ConfigEntryState.LOADED)
    await settled(cup)
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)


async def test_presence_is_cleared_after_its_entry_was_removed_while_the_server_failed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("error", code=200, path=WRITES)
    await cup.inject("error", code=201, path="/session")
    await hass.config_entries.async_remove(loaded.entry_id)
    await cup.heal()
    assert await cup.presence_of("anna") == "BUSY"

    await work_off(hass, freezer, cup)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert await left_at(cup) == NOTHING


async def test_presence_is_cleared_after_its_entry_was_disabled_while_not_loaded(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, retried: MockConfigEntry, cup: Cup
) -> None:
    await hass.config_entries.async_set_disabled_by(retried.entry_id, ConfigEntryDisabler.USER)
    await cup.heal()

    await work_off(hass, freezer, cup)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert await left_at(cup) == NOTHING


@pytest.mark.parametrize(
    ("disabled_by", "is_logged_in", "left"),
    [(None, True, {"hass"}), (None, False, set()), (ConfigEntryDisabler.USER, True, set())],
)
async def test_account_is_logged_out_unless_another_entry_may_use_it(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    retried: MockConfigEntry,
    cup: Cup,
    disabled_by: ConfigEntryDisabler | None,
    left: set[str],
    *,
    is_logged_in: bool,
) -> None:
    other = MockConfigEntry(
        domain=DOMAIN, unique_id="other", data=dict(retried.data), disabled_by=disabled_by
    )
    other.add_to_hass(hass)
    nodes = NodeStore(hass, other.entry_id)
    await nodes.async_load()
    await nodes.async_remember(KnownNodes(logged_in=is_logged_in))
    await hass.config_entries.async_remove(retried.entry_id)
    await cup.heal()

    await work_off(hass, freezer, cup)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert await logged_in(cup) == left


async def test_presence_of_a_person_removed_while_the_server_fails_is_cleared_later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("error", code=200, path=WRITES)
    hass.config_entries.async_remove_subentry(loaded, anna_of(loaded).subentry_id)
    await pass_time(freezer, cup, 30)
    assert await cup.presence_of("anna") == "BUSY"
    await cup.heal()

    await work_off(hass, freezer, cup)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)


async def test_removed_person_who_is_added_again_is_not_cleared_by_what_was_pending(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    anna = anna_of(loaded)
    await cup.inject("error", code=200, path=WRITES)
    hass.config_entries.async_remove_subentry(loaded, anna.subentry_id)
    await pass_time(freezer, cup, 5)
    await cup.heal()
    hass.config_entries.async_add_subentry(loaded, anna)
    await settled(cup)
    await set_presence(hass, "do_not_disturb")

    await pass_time(freezer, cup, 600)

    assert await cup.presence_of("anna") == "DND"


@pytest.mark.parametrize("step", ["clear_presence", "log_out_user"])
@pytest.mark.parametrize("set_before", [True, False])
async def test_removed_person_who_is_added_again_while_the_clear_is_under_way_stays_set(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    *,
    set_before: bool,
) -> None:
    await set_presence(hass, "busy")
    anna = anna_of(loaded)
    client = loaded.runtime_data.client
    send, may_send, sent, may_return = getattr(client, step), asyncio.Event(), [], asyncio.Event()

    async def send_slowly(*args: str) -> None:
        sent.append(args)
        await may_send.wait()
        await send(*args)
        await may_return.wait()

    monkeypatch.setattr(client, step, send_slowly)
    hass.config_entries.async_remove_subentry(loaded, anna.subentry_id)
    await until(lambda: sent)
    monkeypatch.undo()
    if not set_before:
        may_send.set()
    hass.config_entries.async_add_subentry(loaded, anna)
    await settled(cup)
    await set_presence(hass, "do_not_disturb")
    may_send.set()
    await settled(cup)
    may_return.set()
    await settled(cup)

    assert await cup.presence_of("anna") == "DND"
    assert "anna" in await logged_in(cup)


async def test_presence_nobody_requests_is_cleared_when_its_person_is_added_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    anna = anna_of(loaded)
    await cup.inject("error", code=200, path=WRITES)
    hass.config_entries.async_remove_subentry(loaded, anna.subentry_id)
    await pass_time(freezer, cup, 5)
    await cup.heal()
    hass.config_entries.async_add_subentry(loaded, anna)

    await pass_time(freezer, cup, 600)

    assert await cup.presence_of("anna") == "AVAILABLE"


@pytest.mark.parametrize("publishes", [False, True])
async def test_account_is_logged_out_after_its_entry_was_removed_while_the_server_was_away(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
    *,
    publishes: bool,
) -> None:
    """The sessions of the account and the watcher, the endpoint and the subscription."""
    if publishes:
        await set_presence(hass, "busy")
    await cup.inject("refuse_connections")
    await hass.config_entries.async_remove(loaded.entry_id)
    await cup.heal()
    assert await left_at(cup) != NOTHING

    await work_off(hass, freezer, cup)

    assert await left_at(cup) == NOTHING
    await pass_time(freezer, cup, 2)
    assert pending_in(hass_storage) == {}


async def test_account_that_another_entry_uses_is_not_logged_out(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await cup.inject("refuse_connections")
    await hass.config_entries.async_remove(loaded.entry_id)
    other = MockConfigEntry(domain=DOMAIN, data=loaded.data)
    other.add_to_hass(hass)
    file = f"{DOMAIN}.{other.entry_id}.backup"
    hass_storage[file] = {"version": 1, "key": file, "data": {"logged_in": True}}
    await cup.heal()
    sessions, _, _ = await left_at(cup)
    assert sessions

    await work_off(hass, freezer, cup)

    assert (await left_at(cup))[0] == sessions
    await pass_time(freezer, cup, 2)
    assert pending_in(hass_storage) == {}


async def test_account_that_was_logged_out_is_not_logged_in_once_more(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await hass.config_entries.async_remove(loaded.entry_id)
    assert await left_at(cup) == NOTHING
    asked = cup.asked()

    await work_off(hass, freezer, cup)

    assert cup.asked() == asked


def pending_of_a_removed_entry(entry: MockConfigEntry, until: float = EXPIRY) -> dict[str, Any]:
    contact = "anna@example.com"
    ends = dt_util.utcnow() + timedelta(seconds=until)
    data = {
        "gone": {
            "people": {contact: {"user": "anna", "contact": contact, "until": ends.isoformat()}},
            "account": {"data": dict(entry.data), "backup": None},
        }
    }
    return {"version": 1, "minor_version": 1, "key": UNDO, "data": data}


async def publish(cup: Cup, user: str) -> None:
    """Publish Busy for a user as an earlier run did, whose sessions are still open."""
    service = cup.simulator.service
    application = service.login_application("hass", PASSWORD, force=False)
    service.login_end_user(application, user, force=False)


async def test_what_is_pending_outlives_a_restart(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    await publish(cup, "anna")
    hass_storage[UNDO] = pending_of_a_removed_entry(entry)
    await hass.config_entries.async_remove(entry.entry_id)

    assert await async_setup_component(hass, DOMAIN, {})
    await work_off(hass, freezer, cup)

    assert cup.asked("PUT", WRITES) == 1
    assert await left_at(cup) == NOTHING
    await pass_time(freezer, cup, 2)
    assert pending_in(hass_storage) == {}


async def test_what_has_expired_is_not_sent_and_its_password_is_deleted(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    hass_storage[UNDO] = pending_of_a_removed_entry(entry, until=-1)
    await hass.config_entries.async_remove(entry.entry_id)

    assert await async_setup_component(hass, DOMAIN, {})
    await work_off(hass, freezer, cup)

    assert cup.asked() == 0
    assert pending_in(hass_storage) == {}


async def test_password_is_deleted_when_the_server_stays_away(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    retried: MockConfigEntry,
    cup: Cup,
) -> None:
    await hass.config_entries.async_remove(retried.entry_id)
    for _ in range(30):
        await pass_time(freezer, cup, EXPIRY / 28)

    assert pending_in(hass_storage) == {}


async def test_pending_record_that_cannot_be_read_costs_itself_only(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    await publish(cup, "anna")
    stored = pending_of_a_removed_entry(entry)
    stored["data"] |= {"broken": {"people": []}, "odd": None}
    stored["data"]["gone"]["people"]["ben@example.com"] = {"user": 7}
    hass_storage[UNDO] = stored
    await hass.config_entries.async_remove(entry.entry_id)

    assert await async_setup_component(hass, DOMAIN, {})
    await work_off(hass, freezer, cup)

    assert cup.asked("PUT", WRITES) == 1


USERS = [f"user{number}" for number in range(60)]


class TestManyPeople:
    """An entry with 60 people whose presences are published."""

    @pytest.fixture
    def cup_configuration(self) -> Configuration:
        people = (ConfiguredPerson(user, user.title(), SIGNED_IN) for user in USERS)
        return Configuration(
            domain="example.com",
            application_users={"hass": ApplicationUser(PASSWORD)},
            people=(*people, ConfiguredPerson("watcher", "Watcher")),
        )

    @pytest.fixture
    def entry_people(self) -> list[dict[str, Any]]:
        return [person(user, controlled=True) for user in USERS]

    async def test_removing_the_entry_clears_them_all_though_the_server_is_slow(
        self, hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
    ) -> None:
        sensors = [f"sensor.{user}_presence" for user in USERS]
        await hass.services.async_call(
            DOMAIN,
            "set_presence",
            {"entity_id": sensors, "presence": "do_not_disturb"},
            blocking=True,
        )
        assert set(await presences(cup)) == {"DND"}
        await cup.inject("delay", delay=0.15)

        await hass.config_entries.async_remove(loaded.entry_id)

        assert set(await presences(cup)) == {"AVAILABLE"}
        assert await left_at(cup) == NOTHING
        assert pending_in(hass_storage) == {}


async def presences(cup: Cup) -> list[str]:
    people = (await cup.state())["people"]
    return [each["presence"] for each in people if each["user"] in USERS]
