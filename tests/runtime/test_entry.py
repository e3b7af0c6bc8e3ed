"""An entry's changes, start, unloading and removal: what Home Assistant asks of the package."""

import asyncio
from typing import Any
from unittest.mock import AsyncMock, Mock, call

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
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
from custom_components.cisco_unified_presence.trust import with_contact_service_pin
from tests.common.entry import group, person
from tests.runtime.replaced_parts import DATA, DEVICES, Replaced

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
