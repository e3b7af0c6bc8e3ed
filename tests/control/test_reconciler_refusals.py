"""What the reconciler does when the server refuses what a rule requests."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.rule_requests import KEY, SetRequests, rule_request
from tests.common.server import Cup
from tests.common.setting_presence import WRITES, clear_presence, set_presence
from tests.common.waiting import pass_time

QUARTER = 900
PRESENCE = "sensor.anna_presence"
SOURCE = "sensor.anna_presence_source"


def told(hass: HomeAssistant) -> list[str]:
    return [
        str(issue.translation_placeholders["reason"])
        for issue in ir.async_get(hass).issues.values()
        if issue.translation_key == "presence_not_set" and issue.translation_placeholders
    ]


async def test_refusal_is_told_and_not_repeated_for_a_quarter_of_an_hour(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    rules: SetRequests,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await cup.inject("error", code=120, path=WRITES)

    rules(rule_request())
    await pass_time(freezer, cup, 0)

    (reason,) = told(hass)
    assert "rejected this presence" in reason
    asked = cup.asked("PUT", WRITES)
    rules()
    rules(rule_request(rule="another"))
    await pass_time(freezer, cup, QUARTER - 10)
    assert cup.asked("PUT", WRITES) == asked
    await pass_time(freezer, cup, 60)
    assert cup.asked("PUT", WRITES) > asked
    assert caplog.text.count("The presence of Anna cannot be set") == 1

    await cup.heal()
    await pass_time(freezer, cup, QUARTER + 60)
    assert await cup.presence_of("anna") == "BUSY"
    assert told(hass) == []
    assert caplog.text.count("The presence of Anna can be set again") == 1


async def test_refused_change_says_that_it_waits_until_it_is_written(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, rules: SetRequests, cup: Cup
) -> None:
    await cup.inject("error", code=120, path=WRITES, count=1)
    rules(rule_request())
    await pass_time(freezer, cup, 0)

    state = hass.states.get(SOURCE)
    assert state
    until = state.attributes["waiting_until"]
    assert QUARTER - 5 < (until - dt_util.utcnow()).total_seconds() <= QUARTER
    at = dt_util.as_local(until)
    words = f"the server has refused this, and is asked again at {at:%H:%M:%S}"
    assert words in state.attributes["reason"]
    answer: Any = await hass.services.async_call(
        DOMAIN, "explain", {"entity_id": PRESENCE}, blocking=True, return_response=True
    )
    explained = answer["people"][KEY]
    assert explained["waiting_until"] == at.isoformat(timespec="seconds")
    assert words in explained["reason"]

    rules()
    await pass_time(freezer, cup, 0)
    state = hass.states.get(SOURCE)
    assert state
    assert state.attributes["waiting_until"] is None
    rules(rule_request())
    await pass_time(freezer, cup, QUARTER)
    state = hass.states.get(SOURCE)
    assert state
    assert state.attributes["waiting_until"] is None
    assert "refused" not in state.attributes["reason"]


async def test_refusal_is_over_with_a_success(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    rules: SetRequests,
    cup: Cup,
) -> None:
    await cup.inject("error", code=120, path=WRITES, count=1)
    rules(rule_request())
    await pass_time(freezer, cup, 0)
    assert told(hass)

    await set_presence(hass, "away")

    assert told(hass) == []
    await clear_presence(hass)
    assert await cup.presence_of("anna") == "BUSY"


async def test_failure_that_may_be_over_in_a_moment_is_repeated_and_not_told(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    rules: SetRequests,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await cup.inject("error", code=200, path=WRITES, count=1)

    rules(rule_request())
    await pass_time(freezer, cup, 0)
    assert told(hass) == []
    await pass_time(freezer, cup, 30)

    assert await cup.presence_of("anna") == "BUSY"


async def test_refused_write_leaves_recorded_what_is_published(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    reconciler = loaded.runtime_data.reconciler
    person = loaded.runtime_data.coordinator.people[KEY]
    published = reconciler.record_of(person).published
    assert published is not None
    await cup.inject("error", code=120, path=WRITES)

    with pytest.raises(HomeAssistantError):
        await set_presence(hass, "away")

    record = reconciler.record_of(person)
    assert record.published == published
    assert not record.unsure
