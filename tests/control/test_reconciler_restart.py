"""What is published for rules while Home Assistant stops and starts: docs/rules.md, rule 21."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE
from custom_components.cisco_unified_presence.control import leaving, reconciler
from custom_components.cisco_unified_presence.rules import Rule, async_rule_engine
from tests.common.rules import DESK, rule
from tests.common.server import Cup
from tests.common.setting_presence import WRITES, logged_in, set_presence, stored_records
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

SOURCE = "sensor.anna_presence_source"
BUSY, DND = rule("Busy"), rule("Recording", presence="do_not_disturb")


async def follow(hass: HomeAssistant, cup: Cup, *rules: Rule) -> None:
    """Let these rules be those of YAML; their condition is true."""
    hass.states.async_set(DESK, "on")
    await async_rule_engine(hass).async_set_yaml_rules(rules)
    await settled(cup)


async def sessions_of_anna(cup: Cup) -> list[dict[str, Any]]:
    return [each for each in (await cup.state())["sessions"] if each["user"] == "anna"]


async def stop(entry: MockConfigEntry) -> None:
    """Leave the server as Home Assistant does when it stops: tasks first, whatever they do."""
    for task in tuple(entry._background_tasks):
        task.cancel()
    await entry.runtime_data.async_leave(keep_published=True)


async def test_write_that_a_stop_cuts_short_is_no_takeover(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await follow(hass, cup, BUSY)
    await cup.inject("delay", delay=20, path="/contacts/")
    await follow(hass, cup, DND, BUSY)
    assert await cup.presence_of("anna") == "DND"

    await stop(loaded)
    await cup.heal()
    await async_rule_engine(hass).async_set_yaml_rules([BUSY])
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)
    await pass_time(freezer, cup, 10)

    assert shown(hass, SOURCE) == "rule"
    assert await cup.presence_of("anna") == "BUSY"


async def test_restart_is_not_seen_at_the_server(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await follow(hass, cup, BUSY)
    (before,) = await sessions_of_anna(cup)
    written, ended = cup.asked("PUT", WRITES), cup.asked("DELETE", "/anna/")

    await stop(loaded)
    assert await cup.presence_of("anna") == "BUSY"
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)
    await pass_time(freezer, cup, 60)

    assert await sessions_of_anna(cup) == [before]
    assert (cup.asked("PUT", WRITES), cup.asked("DELETE", "/anna/")) == (written, ended)
    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, SOURCE) == "rule"


@pytest.mark.parametrize("entry_options", [{CONF_RICH_PRESENCE: True}])
async def test_restart_is_not_seen_by_a_rule_over_a_choice_that_is_hidden(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await follow(hass, cup, rule(when="{{ person.own == 'away' }}"))
    await cup.choose("anna", "AWAY")
    await settled(cup)
    await pass_time(freezer, cup, 5)
    assert await cup.presence_of("anna") == "BUSY"
    written = cup.asked("PUT", WRITES)

    await stop(loaded)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)
    await pass_time(freezer, cup, 60)

    assert await cup.presence_of("anna") == "BUSY"
    assert cup.asked("PUT", WRITES) == written


@pytest.mark.parametrize("entry_options", [{CONF_RICH_PRESENCE: True}, {CONF_RICH_PRESENCE: False}])
async def test_rules_over_the_own_presence_are_evaluated_before_anything_is_published(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster = type(loaded.runtime_data.roster)
    async_start = roster.async_start

    async def start_slowly(self: Any) -> None:
        """Give the tasks turns that were begun before."""
        await settled(cup)
        await async_start(self)

    monkeypatch.setattr(roster, "async_start", start_slowly)
    await cup.choose("anna", "AWAY", manual=False)
    await settled(cup)
    out = rule("Out", when="{{ person.own == 'away' }}", presence="vacation", priority=1)
    await follow(hass, cup, rule("Yielding", yields_to=["away"], priority=2), out, rule("Always"))
    assert await cup.presence_of("anna") == "VACATION"

    assert await hass.config_entries.async_unload(loaded.entry_id)
    written = cup.asked("PUT", WRITES)
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await settled(cup)

    assert await cup.presence_of("anna") == "VACATION"
    assert cup.asked("PUT", WRITES) == written + 1


async def test_what_an_earlier_run_has_published_is_not_settled_until_it_is_verified(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    """Once it is, sessions are ended that are not used: this one is not known to be used before."""
    await follow(hass, cup, BUSY)
    await stop(loaded)
    await cup.inject("error", code=202, path="/users/anna")

    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)
    assert not loaded.runtime_data.reconciler.is_settled

    await cup.heal()
    await pass_time(freezer, cup, 60)
    assert loaded.runtime_data.reconciler.is_settled
    assert await cup.presence_of("anna") == "BUSY"


async def test_manual_setting_that_ends_while_stopped_gives_way_to_rules_at_the_start(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await follow(hass, cup, BUSY)
    await set_presence(hass, "do_not_disturb", duration={"minutes": 30})
    await stop(loaded)
    await pass_time(freezer, cup, 1800)
    assert await cup.presence_of("anna") == "DND"
    written = cup.asked("PUT", WRITES)

    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)

    assert await cup.presence_of("anna") == "BUSY"
    assert cup.asked("PUT", WRITES) == written + 1


async def test_presence_of_a_rule_that_ends_while_stopped_is_cleared_at_the_start(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await follow(hass, cup, BUSY)
    await stop(loaded)
    await follow(hass, cup)
    assert await cup.presence_of("anna") == "BUSY"

    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)


async def test_presence_that_expires_while_stopped_is_written_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await follow(hass, cup, BUSY)
    await stop(loaded)
    await pass_time(freezer, cup, 3 * 3600)
    assert await cup.presence_of("anna") == "AVAILABLE"

    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)

    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, SOURCE) == "rule"


async def test_reload_clears_also_what_is_just_being_written(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("delay", delay=20, path="/contacts/")
    await follow(hass, cup, BUSY)
    assert await cup.presence_of("anna") == "BUSY"

    assert await hass.config_entries.async_unload(loaded.entry_id)

    assert cup.asked("PUT", WRITES) == 2
    assert await logged_in(cup) == set()


@pytest.mark.parametrize("lose", [True, False], ids=["lost", "expired"])
async def test_user_is_logged_out_when_the_presence_is_gone_and_no_longer_requested(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    lose: bool,  # noqa: FBT001 (given)
) -> None:
    await follow(hass, cup, BUSY)
    await stop(loaded)
    await follow(hass, cup)
    if lose:
        await cup.inject("lose_sessions")
    else:
        await pass_time(freezer, cup, 3 * 3600)

    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)

    assert "anna" not in await logged_in(cup)
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert shown(hass, SOURCE) == "own"


async def test_setting_that_an_unload_makes_fail_is_not_left_to_the_next_run(
    loaded: MockConfigEntry,
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    cup: Cup,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reconciler, "FINISH_SECONDS", 0.1)
    monkeypatch.setattr(leaving, "CLEAR_SECONDS", 0.1)
    await cup.inject("delay", delay=20, path=WRITES)
    action = hass.async_create_task(set_presence(hass, "vacation"))
    await settled(cup)
    assert not action.done()

    await loaded.runtime_data.async_leave()

    stored = stored_records(hass_storage, loaded).get("anna@example.com", {})
    assert stored.get("manual") is None
    with pytest.raises(HomeAssistantError):
        await action
