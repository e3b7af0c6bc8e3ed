"""What the board says of servers and people in states that seldom occur."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.board.people import PeopleView
from custom_components.cisco_unified_presence.const import Channel
from custom_components.cisco_unified_presence.error_messages import ErrorTexts
from custom_components.cisco_unified_presence.pws import Throttled
from custom_components.cisco_unified_presence.runtime import CupConfigEntry

NOTHING: frozenset[tuple[str, str]] = frozenset()
SENSOR = "sensor.anna_presence"


async def view_of(
    hass: HomeAssistant,
    *,
    allowed: frozenset[tuple[str, str]] = NOTHING,
    is_admin: bool = False,
) -> PeopleView:
    texts = await ErrorTexts.async_load(hass, "en")
    return PeopleView(hass, lambda *asked: asked in allowed, texts, is_admin=is_admin)


def server(
    state: ConfigEntryState, *, key: str | None = None, **coordinator: Any
) -> CupConfigEntry:
    runtime = SimpleNamespace(coordinator=SimpleNamespace(**coordinator))
    entry = SimpleNamespace(
        entry_id="entry",
        title="CUP",
        state=state,
        runtime_data=runtime,
        error_reason_translation_key=key,
        error_reason_translation_placeholders={"user": "zoe"},
        reason="Out of order",
    )
    return cast("CupConfigEntry", entry)


LOADED, RETRYING = ConfigEntryState.LOADED, ConfigEntryState.SETUP_RETRY
BUSY = "The server is too busy. Try again in a minute."


@pytest.mark.parametrize(
    ("served", "state", "connected", "reason"),
    [
        (server(LOADED, failure=None, channel=Channel.EVENTING), "live", True, None),
        (server(LOADED, failure=None, channel=Channel.POLLING), "polling", True, None),
        (server(LOADED, failure=Throttled(), channel=Channel.EVENTING), "away", False, BUSY),
        (server(RETRYING), "away", False, "Out of order"),
        (server(RETRYING, key="throttled"), "away", False, BUSY),
        (server(RETRYING, key="no_such_text"), "away", False, "Out of order"),
    ],
)
async def test_servers(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    served: CupConfigEntry,
    state: str,
    *,
    connected: bool,
    reason: str | None,
) -> None:
    assert (await view_of(hass)).server(served) == {
        "entry_id": "entry",
        "title": "CUP",
        "connected": connected,
        "state": state,
        "reason": reason,
    }


@pytest.mark.parametrize(
    ("has_sensor", "allowed", "is_admin", "sees", "controls"),
    [
        (False, NOTHING, False, False, False),
        (False, NOTHING, True, True, True),
        (True, NOTHING, True, False, False),
        (True, frozenset({(SENSOR, "read")}), False, True, False),
        (True, frozenset({(SENSOR, "control")}), False, False, True),
    ],
)
async def test_who_may_see_and_control(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    allowed: frozenset[tuple[str, str]],
    *,
    has_sensor: bool,
    is_admin: bool,
    sees: bool,
    controls: bool,
) -> None:
    entry = cast("CupConfigEntry", loaded)
    people = loaded.runtime_data.coordinator.people
    anna, ben = people["anna@example.com"], people["ben@example.com"]
    if not has_sensor:
        for each in (SENSOR, "sensor.ben_presence"):
            er.async_get(hass).async_remove(each)
    view = await view_of(hass, allowed=allowed, is_admin=is_admin)
    assert view.may_see(entry, anna) is sees
    assert view.may_control(entry, anna) is controls
    # Ben is only watched.
    assert not view.may_control(entry, ben)


ONE, TWO = datetime(2026, 11, 20, 13, tzinfo=UTC), datetime(2026, 11, 20, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("refused", "waiting", "told"),
    [(None, None, None), (ONE, None, ONE), (None, TWO, TWO), (TWO, ONE, TWO)],
)
async def test_until_when_the_server_is_waited_for(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    refused: datetime | None,
    waiting: datetime | None,
    told: datetime | None,
) -> None:
    await hass.config.async_set_time_zone("UTC")
    reconciler = type(loaded.runtime_data.reconciler)
    monkeypatch.setattr(reconciler, "refused_until", lambda *_: refused)
    monkeypatch.setattr(reconciler, "waiting_until", lambda *_: waiting)
    anna = loaded.runtime_data.coordinator.people["anna@example.com"]
    described = (await view_of(hass)).person(cast("CupConfigEntry", loaded), anna, [], "Why")
    assert described["waiting_until"] == (told.isoformat() if told else None)
    assert described["reason"] == "Why"
    # Without permission no entity is named.
    assert described["presence_entity"] is None


async def test_a_person_without_a_device_or_a_name(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    ben = loaded.runtime_data.coordinator.people["ben@example.com"]
    nameless = replace(ben, contact="benny@example.com", name="")
    view = await view_of(hass, is_admin=True)
    described = view.person(cast("CupConfigEntry", loaded), nameless, ["team"], None)
    assert described == {
        "id": f"{loaded.entry_id}/{ben.subentry_id}",
        "entry_id": loaded.entry_id,
        "subentry_id": ben.subentry_id,
        "contact": "benny@example.com",
        "name": "ben",
        "device_id": None,
        "presence_entity": None,
        "set_presence_entity": None,
        "follow_rules_entity": None,
        "reason_entity": None,
        "status_message_entity": None,
        "person_entity": None,
        "controlled": False,
        "area_id": None,
        "labels": [],
        "groups": ["team"],
        "presence": None,
        "since": None,
        "note": None,
        "on_the_phone": False,
        "in_a_meeting": False,
        "own": None,
        "may_control": False,
        "wanted": None,
        "source": None,
        "reason": None,
        "rule": None,
        "set_by": None,
        "until": None,
        "until_expected": None,
        "overruled": False,
        "follows_rules": False,
        "rules_paused": False,
        "paused_until": None,
        "waiting_until": None,
    }
