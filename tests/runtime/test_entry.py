"""An entry's set-up, changes, unloading and removal: what Home Assistant asks of the package."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock, Mock, call

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

import custom_components.cisco_unified_presence as package
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import (
    Issue,
    PersonIssue,
    async_raise_issue,
    async_raise_issue_of_person,
)
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    InvalidCredentials,
    LoggedInElsewhere,
    PresenceServiceError,
)
from custom_components.cisco_unified_presence.rules import RULE_ENGINE
from custom_components.cisco_unified_presence.runtime import Runtime
from custom_components.cisco_unified_presence.trust import with_contact_service_pin
from tests.common.entry import SECRET, group, person

DATA = {
    "host": "cup",
    "port": 8083,
    "security": "https",
    "webhook_id": SECRET,
    "watcher": "desk",
    "presence_domain": "example.com",
}
DEVICES = (
    "async_update_server_device",
    "async_update_people_devices",
    "async_update_rule_devices",
    "async_update_group_devices",
)


class Replaced:
    """An entry that runs, whose parts, rules and devices are replaced by what notes the calls."""

    def __init__(self, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hass = hass
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            title="CUP",
            data=DATA,
            subentries_data=[person("anna", controlled=True), person("ben")],
            state=ConfigEntryState.LOADED,
        )
        self.entry.add_to_hass(hass)
        self.calls = Mock()
        self.runtime = self.calls.runtime
        self.runtime.async_leave = AsyncMock()
        self.runtime.async_options_changed = AsyncMock()
        self.runtime.async_people_changed = AsyncMock()
        self.runtime.roster.contact_list.is_changing = False
        self.runtime.coordinator.people = people_of(self.entry)
        self.entry.runtime_data = self.runtime
        self.calls.engine.async_people_changed = AsyncMock()
        monkeypatch.setattr(package, "async_rule_engine", lambda _hass: self.calls.engine)
        for name in (*DEVICES, "async_schedule_reload", "async_end_feeds"):
            monkeypatch.setattr(package, name, getattr(self.calls, name))
        self.updates = package._EntryUpdates(hass, self.entry)

    @property
    def taken_over(self) -> list[Any]:
        return [
            call.runtime.async_options_changed(),
            call.runtime.async_people_changed(),
            call.engine.async_people_changed(self.entry),
        ]

    def change(self, **changed: Any) -> None:
        self.hass.config_entries.async_update_entry(self.entry, **changed)

    async def noted(self) -> list[Any]:
        """Return the calls to which a noted change has led in the next turn of the loop."""
        assert self.calls.mock_calls == []
        for _ in range(3):
            await asyncio.sleep(0)
            await self.hass.async_block_till_done()
        calls = list(self.calls.mock_calls)
        self.calls.reset_mock()
        return calls


@pytest.fixture
def replaced(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Replaced]:
    replaced = Replaced(hass, monkeypatch)
    freezer.tick(timedelta(seconds=1))
    yield replaced
    replaced.entry.mock_state(hass, ConfigEntryState.NOT_LOADED)


# Changes


async def test_changes_during_the_set_up(replaced: Replaced) -> None:
    await replaced.updates.async_catch_up()
    replaced.updates.async_check()
    assert await replaced.noted() == []
    replaced.change(title="Head office")
    await replaced.updates.async_catch_up()
    assert replaced.calls.mock_calls == replaced.taken_over
    replaced.calls.reset_mock()
    replaced.updates.async_check()
    assert (await replaced.noted())[:3] == replaced.taken_over


async def test_changes_of_one_turn_are_taken_over_once(replaced: Replaced) -> None:
    for _ in range(3):
        await replaced.updates.async_handle(replaced.hass, replaced.entry)
        replaced.updates.async_note()
    devices = [getattr(call, name)(replaced.hass, replaced.entry) for name in DEVICES]
    assert await replaced.noted() == [*replaced.taken_over, *devices]


async def test_changes_of_an_entry_that_does_not_run(replaced: Replaced) -> None:
    replaced.updates.async_note()
    replaced.entry.mock_state(replaced.hass, ConfigEntryState.NOT_LOADED)
    assert await replaced.noted() == []


async def test_changes_of_an_entry_that_is_unloaded_meanwhile(replaced: Replaced) -> None:
    def unload() -> None:
        replaced.runtime.is_in_use = False

    replaced.runtime.async_people_changed.side_effect = unload
    replaced.updates.async_note()
    assert await replaced.noted() == replaced.taken_over
    replaced.runtime.is_in_use = True
    replaced.runtime.async_options_changed.side_effect = unload
    replaced.updates.async_note()
    assert await replaced.noted() == [call.runtime.async_options_changed()]


async def test_changes_while_the_contact_list_is_taken_over(replaced: Replaced) -> None:
    replaced.runtime.roster.contact_list.is_changing = True
    replaced.updates.async_note()
    assert await replaced.noted() == []


async def test_other_data_reload_the_entry(replaced: Replaced) -> None:
    replaced.change(data={**DATA, "host": "cup2"})
    replaced.updates.async_note()
    assert await replaced.noted() == [call.async_schedule_reload(replaced.hass, replaced.entry)]


async def test_pins_of_the_contact_service_reload_nothing(replaced: Replaced) -> None:
    replaced.change(data=with_contact_service_pin(DATA, "cup", 8443, "ab" * 32))
    replaced.updates.async_note()
    assert (await replaced.noted())[:3] == replaced.taken_over


# The start


@pytest.mark.parametrize(
    ("failure", "raised", "key", "placeholders"),
    [
        (
            InvalidCredentials(114, user="hass"),
            ConfigEntryAuthFailed,
            "invalid_credentials",
            {"user": "hass"},
        ),
        (
            LoggedInElsewhere(160, user="desk"),
            ConfigEntryNotReady,
            "logged_in_elsewhere",
            {"user": "desk"},
        ),
        (
            CannotConnect(ConnectFailure.REFUSED, "cup:8083"),
            ConfigEntryNotReady,
            "cannot_connect_refused",
            {"address": "cup:8083"},
        ),
    ],
)
async def test_a_start_that_fails(
    replaced: Replaced,
    failure: PresenceServiceError,
    raised: type[ConfigEntryAuthFailed | ConfigEntryNotReady],
    key: str,
    placeholders: dict[str, str],
) -> None:
    replaced.runtime.async_start = AsyncMock(side_effect=failure)
    logged_in = Mock()
    with pytest.raises((ConfigEntryAuthFailed, ConfigEntryNotReady)) as error:
        await package._async_start_runtime(replaced.runtime, replaced.entry, logged_in)
    assert type(error.value) is raised
    assert error.value.translation_domain == DOMAIN
    assert error.value.translation_key == key
    assert error.value.translation_placeholders == placeholders
    assert error.value.__cause__ is failure
    replaced.runtime.async_start.assert_awaited_once_with(logged_in)


async def test_a_start_that_takes_too_long(
    replaced: Replaced, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "START_SECONDS", 0)

    async def hang(_on_logged_in: object) -> None:
        await asyncio.Event().wait()

    replaced.runtime.async_start = hang
    with pytest.raises(ConfigEntryNotReady) as error:
        await package._async_start_runtime(replaced.runtime, replaced.entry, Mock())
    assert error.value.translation_key == "cannot_connect_timed_out"
    assert error.value.translation_placeholders == {"address": "cup"}


@pytest.mark.parametrize(("minor_version", "becomes"), [(1, 2), (2, 2), (3, 3)])
async def test_entries_of_earlier_versions_are_migrated(
    hass: HomeAssistant, minor_version: int, becomes: int
) -> None:
    pin = "ab" * 32
    data = {**DATA, "fingerprint": pin}
    entry = MockConfigEntry(domain=DOMAIN, data=data, minor_version=minor_version)
    entry.add_to_hass(hass)
    assert await package.async_migrate_entry(hass, entry)
    assert entry.minor_version == becomes
    assert (entry.data == data) is (minor_version > 1)
    if minor_version == 1:
        assert pin in entry.data["fingerprints"].values()


# The end


def raise_all(replaced: Replaced) -> None:
    for issue in Issue:
        async_raise_issue(replaced.hass, replaced.entry, issue)
    for each in people_of(replaced.entry).values():
        for of_person in PersonIssue:
            async_raise_issue_of_person(replaced.hass, replaced.entry, each, of_person)


def raised_in(hass: HomeAssistant) -> set[str | None]:
    return {issue.translation_key for issue in ir.async_get(hass).issues.values()}


@pytest.mark.parametrize("unloads", [True, False])
async def test_unloading(
    replaced: Replaced, monkeypatch: pytest.MonkeyPatch, *, unloads: bool
) -> None:
    unload = AsyncMock(return_value=unloads)
    monkeypatch.setattr(replaced.hass.config_entries, "async_unload_platforms", unload)
    raise_all(replaced)
    assert await package.async_unload_entry(replaced.hass, replaced.entry) is unloads
    assert raised_in(replaced.hass) == {
        "certificate_changed",
        "people_left_contact_list",
        "people_never_seen",
        "people_unknown",
    }
    platforms = [
        Platform.SENSOR,
        Platform.BINARY_SENSOR,
        Platform.SELECT,
        Platform.SWITCH,
        Platform.TEXT,
    ]
    unload.assert_awaited_once_with(replaced.entry, platforms)
    left = [call.runtime.async_leave()] if unloads else []
    assert replaced.calls.mock_calls == [call.async_end_feeds(replaced.hass), *left]


@pytest.mark.parametrize("is_set_up", [True, False])
async def test_removing(
    replaced: Replaced,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_set_up: bool,
) -> None:
    hass, entry = replaced.hass, replaced.entry
    undo, voice = AsyncMock(), AsyncMock()
    monkeypatch.setattr(package, "async_undo_removed", undo)
    monkeypatch.setattr(package, "async_remove_voice", voice)
    if is_set_up:
        hass.data[RULE_ENGINE] = replaced.calls.engine
    kinds = ("leftovers", "backup", "contact_list", "decisions", "seen", "since")
    for kind in (*kinds, "other"):
        key = f"{DOMAIN}.{entry.entry_id}.{kind}"
        hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": {}}
    raise_all(replaced)
    await package.async_remove_entry(hass, entry)
    left = {key.rpartition(".")[2] for key in hass_storage if entry.entry_id in key}
    assert left == {"other"}
    assert raised_in(hass) == {each.value for each in PersonIssue}
    undo.assert_awaited_once_with(hass, entry)
    voice.assert_awaited_once_with(hass, entry)
    forgotten = [call.engine.async_forget_entry(entry)] if is_set_up else []
    assert replaced.calls.mock_calls == forgotten
    hass.data.pop(RULE_ENGINE, None)


async def test_which_devices_may_be_deleted(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN, data=DATA, subentries_data=[person("anna"), group("Sales")]
    )
    entry.add_to_hass(hass)
    _, sales = entry.subentries.values()

    async def may_be_deleted(*identifiers: str) -> bool:
        device: Any = Mock(identifiers={(DOMAIN, each) for each in identifiers})
        return await package.async_remove_config_entry_device(hass, entry, device)

    assert not await may_be_deleted(f"{entry.entry_id}_anna@example.com")
    assert not await may_be_deleted(f"group_{sales.subentry_id}")
    assert not await may_be_deleted("gone", f"group_{sales.subentry_id}")
    assert await may_be_deleted(f"{entry.entry_id}_ben@example.com")
    assert await may_be_deleted("group_gone")


# The order of a set-up


@pytest.fixture
def setting_up(replaced: Replaced, monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Replace all that a set-up of the entry calls; return what notes the calls."""
    calls = replaced.calls
    calls.engine.async_add_entry = AsyncMock()
    calls.runtime.async_start = AsyncMock()
    calls.runtime.async_leave = AsyncMock()
    calls.runtime.roster.async_follow_contact_list = AsyncMock()
    calls.preparation.async_end = AsyncMock()
    calls.make_preparation.return_value = calls.preparation
    calls.create = AsyncMock(return_value=calls.runtime)
    calls.forward = AsyncMock()
    calls.updates.async_catch_up = AsyncMock()
    calls.make_updates.return_value = calls.updates
    calls.integration.async_get_platforms = AsyncMock()
    monkeypatch.setattr(package, "Preparation", calls.make_preparation)
    monkeypatch.setattr(Runtime, "async_create", calls.create)
    monkeypatch.setattr(package, "_EntryUpdates", calls.make_updates)
    monkeypatch.setattr(package, "async_note_loading", calls.note_loading)
    monkeypatch.setattr(
        package, "async_get_loaded_integration", lambda _hass, _domain: calls.integration
    )
    monkeypatch.setattr(replaced.hass.config_entries, "async_forward_entry_setups", calls.forward)
    monkeypatch.setattr(replaced.entry, "add_update_listener", calls.add_update_listener)
    del replaced.entry.runtime_data
    return calls


def names_of(calls: Mock) -> list[str]:
    return [name for name, _, _ in calls.mock_calls if "()" not in name]


STARTED = [
    "note_loading",
    "integration.async_get_platforms",
    "make_updates",
    "create",
    "engine.async_add_entry",
    "make_preparation",
    "runtime.async_start",
    "preparation.async_end",
]


async def test_what_a_set_up_does_in_which_order(
    replaced: Replaced, setting_up: Mock, hass: HomeAssistant
) -> None:
    entry = replaced.entry
    assert await package.async_setup_entry(hass, entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert sorted(names_of(setting_up)) == sorted(
        [
            *STARTED,
            "updates.async_catch_up",
            "forward",
            "forward",
            "add_update_listener",
            "updates.async_check",
            "runtime.roster.async_follow_contact_list",
        ]
    )
    ordered = [name for name in names_of(setting_up) if name != "integration.async_get_platforms"]
    assert ordered[-6:] == [
        "updates.async_catch_up",
        "forward",
        "forward",
        "add_update_listener",
        "updates.async_check",
        "runtime.roster.async_follow_contact_list",
    ]
    assert entry.runtime_data is setting_up.runtime
    setting_up.note_loading.assert_called_once_with(hass, entry)
    setting_up.create.assert_awaited_once_with(hass, entry)
    setting_up.make_updates.assert_called_once_with(hass, entry)
    setting_up.make_preparation.assert_called_once_with(hass, entry, setting_up.runtime)
    setting_up.runtime.async_start.assert_awaited_once_with(setting_up.preparation.async_begin)
    others = [Platform.BINARY_SENSOR, Platform.SELECT, Platform.SWITCH, Platform.TEXT]
    assert setting_up.forward.await_args_list == [
        call(entry, [Platform.SENSOR]),
        call(entry, others),
    ]
    setting_up.integration.async_get_platforms.assert_called_once_with([Platform.SENSOR, *others])
    setting_up.add_update_listener.assert_called_once_with(setting_up.updates.async_handle)
    setting_up.runtime.roster.async_follow_contact_list.assert_awaited_once_with(
        setting_up.updates.async_note
    )
    added, people, own = setting_up.engine.async_add_entry.await_args.args
    assert (added, people()) == (entry, replaced.runtime.coordinator.people)
    assert own is setting_up.runtime.reconciler.own_presences.of

    # The rules hold until the server has been left.
    setting_up.reset_mock()
    await entry._async_process_on_unload(hass)
    assert [name for name in names_of(setting_up) if name.startswith(("engine", "runtime"))] == [
        "runtime.async_leave",
        "engine.async_remove_entry",
    ]
    setting_up.runtime.async_leave.assert_awaited_once_with()
    setting_up.engine.async_remove_entry.assert_called_once_with(entry)


async def test_an_entry_leaves_when_home_assistant_stops(
    replaced: Replaced, setting_up: Mock, hass: HomeAssistant
) -> None:
    """Home Assistant does not unload entries then."""
    assert await package.async_setup_entry(hass, replaced.entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    setting_up.reset_mock()
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert setting_up.mock_calls == [call.runtime.async_leave(keep_published=True)]


async def test_an_unloaded_entry_does_not_leave_when_home_assistant_stops(
    replaced: Replaced, setting_up: Mock, hass: HomeAssistant
) -> None:
    assert await package.async_setup_entry(hass, replaced.entry)
    await replaced.entry._async_process_on_unload(hass)
    setting_up.reset_mock()
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert setting_up.mock_calls == []


async def test_a_set_up_that_fails_leaves_what_is_published(
    replaced: Replaced, setting_up: Mock, hass: HomeAssistant
) -> None:
    setting_up.runtime.async_start.side_effect = LoggedInElsewhere(160)
    with pytest.raises(ConfigEntryNotReady):
        await package.async_setup_entry(hass, replaced.entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert sorted(names_of(setting_up)) == sorted([*STARTED, "runtime.async_leave"])
    setting_up.runtime.async_leave.assert_awaited_once_with(keep_published=True)
    assert not hasattr(replaced.entry, "runtime_data")
    await replaced.entry._async_process_on_unload(hass)


async def test_what_needs_no_entry_is_set_up_in_which_order(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Mock()
    for name in ("async_start_undoing", "async_set_up_module"):
        setattr(calls, name, AsyncMock())
    for name in (
        "async_setup_services",
        "async_start_undoing",
        "async_show_yaml_rules",
        "async_show_problems_of_yaml",
        "async_test_once_started",
        "async_register_commands",
        "async_set_up_module",
        "async_start_voice",
    ):
        monkeypatch.setattr(package, name, getattr(calls, name))
    calls.engine.async_load, calls.engine.async_set_yaml_rules = AsyncMock(), AsyncMock()
    monkeypatch.setattr(package, "RuleEngine", lambda _hass: calls.engine)
    yaml = Mock(rules=["rule"], problems=["problem"], tests=["test"], has_all_rules=False)
    config = {DOMAIN: yaml}
    assert await package.async_setup(hass, config)
    assert hass.data.pop(RULE_ENGINE) is calls.engine
    assert calls.mock_calls == [
        call.async_setup_services(hass),
        call.async_start_undoing(hass),
        call.engine.async_load(),
        call.async_show_yaml_rules(hass, config),
        call.async_show_problems_of_yaml(hass, ["problem"]),
        call.engine.async_set_yaml_rules(["rule"], complete=False),
        call.async_test_once_started(hass, ["test"]),
        call.async_register_commands(hass),
        call.async_set_up_module(hass),
        call.async_start_voice(hass),
    ]
