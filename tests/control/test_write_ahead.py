"""What a person or a rule requests is stored before the server is told: docs/rules.md, rule 18."""

import asyncio
from collections.abc import Awaitable, Callable
import copy
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control import Reconciler
from custom_components.cisco_unified_presence.control.store import SAVE_WITHIN
from custom_components.cisco_unified_presence.pws import Presence, PresenceClient
from tests.common.rule_requests import SetRequests, rule_request
from tests.common.server import Cup
from tests.common.setting_presence import (
    ANNA,
    WRITES,
    anna_of,
    clear_presence,
    logged_in,
    set_presence,
)
from tests.common.waiting import pass_time, settled

KEY = "anna@example.com"

type Sent = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def sent(
    hass_storage: dict[str, Any], entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> Sent:
    """What was sent for Anna, each with what was stored of her at that moment."""
    seen: Sent = []

    def watch(name: str) -> None:
        method: Callable[..., Awaitable[None]] = getattr(PresenceClient, name)

        async def watched(client: PresenceClient, *args: Any, **options: Any) -> None:
            stored = hass_storage.get(f"{DOMAIN}.{entry.entry_id}.kept", {"data": {}})["data"]
            seen.append((name, copy.deepcopy(stored.get(KEY, {}))))
            await method(client, *args, **options)

        monkeypatch.setattr(PresenceClient, name, watched)

    watch("set_presence")
    watch("clear_presence")
    return seen


async def test_manual_setting_is_stored_before_it_is_sent(
    hass: HomeAssistant, sent: Sent, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy", duration={"minutes": 30})

    ((name, stored),) = sent
    assert name == "set_presence"
    assert stored["manual"]["want"]["presence"] == "BUSY"
    assert stored["manual"]["until"]
    assert stored["unsure"]
    assert stored["user"] == "anna"


async def test_clear_is_stored_before_it_is_sent(
    hass: HomeAssistant, sent: Sent, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "do_not_disturb")
    sent.clear()

    await clear_presence(hass)

    ((name, stored),) = sent
    assert name == "clear_presence"
    assert stored["manual"] is None
    assert stored["unsure"]


async def test_replaced_presence_is_stored_as_unsure(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, sent: Sent, rules: SetRequests, cup: Cup
) -> None:
    rules(rule_request())
    await pass_time(freezer, cup, SAVE_WITHIN)
    rules(rule_request(Presence.DND))
    await settled(cup)

    (_, first), (_, second) = sent
    assert first["unsure"]
    assert second["unsure"]
    assert second["written"] is None


async def test_rules_are_stored_before_their_outcome_is_sent(
    rules: SetRequests, loaded: MockConfigEntry, cup: Cup
) -> None:
    reconciler: Reconciler = loaded.runtime_data.reconciler
    on_disk = asyncio.Event()

    async def stored() -> None:
        await on_disk.wait()

    reconciler._publisher._rules_stored = stored
    rules(rule_request())
    await settled(cup)
    assert cup.asked("PUT", WRITES) == 0

    on_disk.set()
    await settled(cup)
    assert await cup.presence_of("anna") == "BUSY"


async def test_outcome_that_changes_while_it_is_stored_is_not_sent(
    rules: SetRequests, loaded: MockConfigEntry, cup: Cup
) -> None:
    reconciler: Reconciler = loaded.runtime_data.reconciler
    on_disk = asyncio.Event()

    async def stored() -> None:
        await on_disk.wait()

    reconciler._publisher._rules_stored = stored
    rules(rule_request())
    await settled(cup)
    rules()
    on_disk.set()
    await settled(cup)

    assert cup.asked("PUT", WRITES) == 0
    assert "anna" not in await logged_in(cup)


async def test_failed_setting_is_stored_as_not_set(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await cup.inject("error", code=200, path=WRITES, count=1)

    with pytest.raises(HomeAssistantError):
        await set_presence(hass, "away")

    anna = hass_storage[f"{DOMAIN}.{loaded.entry_id}.kept"]["data"][KEY]
    assert anna["manual"]["want"]["presence"] == "BUSY"


async def test_user_whom_a_refused_write_has_logged_in_is_logged_out(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("error", code=200, path=WRITES, count=1)

    with pytest.raises(HomeAssistantError):
        await set_presence(hass, "busy")
    await settled(cup)

    assert "anna" not in await logged_in(cup)


async def test_person_removed_while_the_entry_was_not_loaded_is_cleared_at_the_start(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
) -> None:
    """As after a kill while the person is dismissed."""
    await set_presence(hass, "busy")
    await loaded.runtime_data.async_leave(keep_published=True)
    hass.config_entries.async_remove_subentry(loaded, anna_of(loaded).subentry_id)

    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)
    assert hass_storage[f"{DOMAIN}.{loaded.entry_id}.kept"]["data"] == {}


async def test_action_that_is_cancelled_leaves_nothing_that_is_not_requested(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("delay", delay=20, path=WRITES)
    acting = hass.async_create_task(set_presence(hass, "busy"))
    await settled(cup)
    acting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await acting
    await cup.heal()
    await settled(cup)
    await pass_time(freezer, cup, 30)

    state = hass.states.get("sensor.anna_presence_source")
    assert state
    assert state.state == "manual"
    assert await cup.presence_of("anna") == "BUSY"
    assert hass.states.get(ANNA)
