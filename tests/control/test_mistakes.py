"""An unexpected exception in one person's reconciliation: logged, and tried again with back-off."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.control.mistakes import Mistakes
from custom_components.cisco_unified_presence.control.writer import PresenceWriter
from tests.common.rule_requests import KEY, SetRequests, rule_request
from tests.common.server import Cup
from tests.common.setting_presence import set_presence
from tests.common.states import shown
from tests.common.waiting import pass_time, settled


def test_pauses_grow_to_a_quarter_of_an_hour() -> None:
    mistakes = Mistakes()
    pauses = [mistakes.note("anna") for _ in range(8)]

    assert pauses == [
        *(timedelta(seconds=seconds) for seconds in (30, 60, 120, 240, 480)),
        *[timedelta(minutes=15)] * 3,
    ]
    assert mistakes.note("ben") == timedelta(seconds=30)
    mistakes.forget("anna")
    assert mistakes.note("anna") == timedelta(seconds=30)


async def test_mistake_is_logged_and_tried_again_with_back_off(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    rules: SetRequests,
    cup: Cup,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    attempts = 0
    write = PresenceWriter.async_write

    async def fail(*args: object) -> object:
        nonlocal attempts
        attempts += 1
        raise KeyError("spam")

    monkeypatch.setattr(PresenceWriter, "async_write", fail)
    rules(rule_request())
    await settled(cup)
    assert attempts == 1
    assert "The presence of anna@example.com was not reconciled" in caplog.text
    assert "KeyError" in caplog.text

    await pass_time(freezer, cup, 29)
    assert attempts == 1
    await pass_time(freezer, cup, 1)
    assert attempts == 2
    await pass_time(freezer, cup, 59)
    assert attempts == 2
    monkeypatch.setattr(PresenceWriter, "async_write", write)
    await pass_time(freezer, cup, 1)

    assert await cup.presence_of("anna") == "BUSY"


async def test_mistake_in_a_decision_does_not_reach_other_people(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    rules: SetRequests,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
) -> None:
    reconciler = loaded.runtime_data.reconciler

    def fail(_key: str) -> tuple[()]:
        raise KeyError("spam")

    reconciler._decisions._requests = fail
    reconciler.async_requests_changed([KEY])
    assert "The presence of anna@example.com was not reconciled" in caplog.text

    reconciler._decisions._requests = lambda _key: (rule_request(),)
    await pass_time(freezer, cup, 30)

    assert await cup.presence_of("anna") == "BUSY"


async def test_mistake_while_setting_by_hand_is_mended_later(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write = PresenceWriter.async_write

    async def fail(*args: object) -> object:
        raise KeyError("spam")

    monkeypatch.setattr(PresenceWriter, "async_write", fail)
    with pytest.raises(Exception, match="The request failed"):
        await set_presence(hass, "busy")
    monkeypatch.setattr(PresenceWriter, "async_write", write)
    await settled(cup)
    await pass_time(freezer, cup, 60)

    assert shown(hass, "sensor.anna_presence_source") == "manual"
    assert await cup.presence_of("anna") == "BUSY"
