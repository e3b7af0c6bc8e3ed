"""What a set-up calls, and in which order."""

from unittest.mock import AsyncMock, Mock, call

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
import pytest

import custom_components.cisco_unified_presence as package
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.pws import LoggedInElsewhere
from custom_components.cisco_unified_presence.rules import RULE_ENGINE
from custom_components.cisco_unified_presence.runtime import Runtime
from tests.runtime.replaced_parts import Replaced

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
