"""The logbook has a line whenever the winner changes, which adds to Home Assistant's own lines."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.cisco_unified_presence.arbitration import (
    ManualSetting,
    Outcome,
    Overruled,
    RequestedPresence,
    RuleRequest,
    Source,
    decide,
)
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control import EVENT_WINNER_CHANGED
from custom_components.cisco_unified_presence.decision_words import in_words, logbook_line
from custom_components.cisco_unified_presence.explanation import Texts, logbook_message
from custom_components.cisco_unified_presence.pws import Presence

from .common.recorder import logbook_of, recorded, set_up_logbook
from .common.server import Cup
from .common.setting_presence import ANNA, clear_presence, set_presence
from .common.waiting import settled

NOW = datetime(2026, 11, 23, 9, tzinfo=dt_util.UTC)
BUSY = RequestedPresence(Presence.BUSY, override=True)
SOURCE = "sensor.anna_presence_source"


@pytest.fixture(autouse=True)
def _custom_integrations(recorder_mock: Any, enable_custom_integrations: None) -> None:
    """Set the recorder up before Home Assistant."""


@pytest.fixture
async def logbook(hass: HomeAssistant) -> None:
    """Set the logbook up."""
    await set_up_logbook(hass)


async def test_lines_of_a_person_tell_who_decides_and_then_what_is_shown(
    logbook: None,
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await settled(cup)
    since = dt_util.utcnow()

    await set_presence(hass, "busy")
    await settled(cup)
    await clear_presence(hass)
    await settled(cup)
    await hass.async_block_till_done()

    assert await logbook_of(hass, hass_ws_client, since, ANNA) == [
        ("Anna", "was set through Home Assistant"),
        (ANNA, "busy"),
        ("Anna", "is left to the own devices again"),
        (ANNA, "available"),
    ]


async def test_lines_are_in_the_language_of_the_system(hass: HomeAssistant) -> None:
    german = Texts(await async_get_translations(hass, "de", "config_panel", {DOMAIN}))
    until = (dt_util.now() + timedelta(days=400)).isoformat()
    lines: list[dict[str, Any]] = [
        {"source": "rule", "rule": "Fokus", "until": until},
        {"source": "own", "rule": "Fokus", "set_aside": True, "until": until},
        {"source": "own", "rule": None, "set_aside": True},
        {"source": "manual", "set_by": "Ben"},
        {"source": "manual"},
        {"source": "own"},
    ]
    told = [logbook_message(each, german) for each in lines]
    assert told[0].startswith("folgt jetzt der Regel „Fokus“ bis ")
    assert told[1:] == [
        "hat eine Präsenz gewählt, die Vorrang vor der Regel „Fokus“ hat",
        "hat eine Präsenz gewählt, die Vorrang vor der Einstellung in Home Assistant hat",
        "wurde von Ben über Home Assistant gesetzt",
        "wurde über Home Assistant gesetzt",
        "wird wieder den eigenen Geräten überlassen",
    ]


async def test_what_is_chatty_is_not_recorded(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    since = dt_util.utcnow()
    await set_presence(hass, "busy")
    await settled(cup)
    await hass.async_block_till_done()

    (presence,) = await recorded(hass, ANNA, since)
    assert presence.state == "busy"
    assert set(presence.attributes) == {"device_class", "friendly_name"}
    (source,) = await recorded(hass, SOURCE, since)
    assert source.attributes["wanted"] == "busy"
    assert "reason" not in source.attributes


async def test_same_winner_is_told_once(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fired = async_capture_events(hass, EVENT_WINNER_CHANGED)
    await set_presence(hass, "busy")

    await loaded.runtime_data.async_leave(keep_published=True)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)

    assert len(fired) == 1
    assert fired[0].data["source"] == "manual"
    assert fired[0].data["presence"] == "busy"
    assert caplog.text.count("Anna: Busy") == 1


@pytest.mark.parametrize(
    ("lasts", "told"),
    [
        (None, ""),
        (timedelta(hours=2), " until 11:00"),
        (timedelta(days=2), " until 25 November, 09:00"),
    ],
)
async def test_end_is_told_with_the_day_if_it_is_not_soon(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, lasts: timedelta | None, told: str
) -> None:
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("UTC")
    decision = decide(ManualSetting(BUSY, NOW, NOW + lasts if lasts else None), (), None, NOW)

    assert logbook_line(decision) == f"was set through Home Assistant{told}"
    wanted = "set through Home Assistant"
    assert in_words(decision) == f"Busy{told}, {wanted}"


def test_rule_is_named_and_named_again_when_it_is_set_aside() -> None:
    request = RuleRequest(
        rule_id="1", name="Focus", requested=BUSY, priority=0, order=0, insist=False, since=NOW
    )
    decision = decide(None, [request], None, NOW)
    assert logbook_line(decision) == "now follows the rule “Focus”"

    overruled = decide(None, [request], Overruled(Outcome(Source.RULE, "1", BUSY)), NOW)
    assert logbook_line(overruled) == "chose a presence, which overrules the rule “Focus”"
