"""The history of decisions: what is stored, read, and forgotten."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control import Cause, DecisionHistory, PastDecision
from tests.common.log_messages import logged_warnings
from tests.common.strategies import NOW

FILE = f"{DOMAIN}.entry.decisions"
PAST = PastDecision(at=NOW, source="own", cause=Cause.CLEARED)
STORED_PAST = {"at": NOW.isoformat(), "source": "own", "cause": "cleared"}
FULL = PastDecision(
    at=NOW,
    source="rule",
    wanted="busy",
    rule="Meeting room",
    overruled=True,
    set_by="Ben",
    until=NOW,
    cause=Cause.INPUT,
    entity_id="light.recording",
    name="Recording light",
    state="off",
    before="On air",
    before_ended=True,
)
STORED_FULL = {
    "at": NOW.isoformat(),
    "source": "rule",
    "wanted": "busy",
    "rule": "Meeting room",
    "overruled": True,
    "set_by": "Ben",
    "until": NOW.isoformat(),
    "cause": "input",
    "entity_id": "light.recording",
    "name": "Recording light",
    "state": "off",
    "before": "On air",
    "before_ended": True,
}


@pytest.fixture
def history(hass: HomeAssistant, hass_storage: dict[str, Any]) -> DecisionHistory:
    return DecisionHistory(hass, "entry")


def put(hass_storage: dict[str, Any], data: dict[str, Any]) -> None:
    hass_storage[FILE] = {"version": 1, "minor_version": 1, "key": FILE, "data": data}


async def test_what_says_something_is_stored(
    history: DecisionHistory, hass_storage: dict[str, Any]
) -> None:
    history.async_note("anna", PAST)
    history.async_note("anna", FULL)
    assert history.of("anna") == (FULL, PAST)
    await history.async_save()
    assert hass_storage[FILE]["data"] == {"anna": {"decisions": [STORED_PAST, STORED_FULL]}}
    await history.async_remove()
    assert FILE not in hass_storage


async def test_what_is_read_of_whom(
    history: DecisionHistory, hass_storage: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    decisions = {"decisions": [STORED_PAST, STORED_FULL]}
    put(hass_storage, {"anna": decisions, "ben": decisions})
    await history.async_load({"anna", "clara"})
    assert history.of("anna") == (FULL, PAST)
    assert history.of("ben") == ()
    assert logged_warnings(caplog) == []


@pytest.mark.parametrize(
    "damaged",
    [
        7,
        {},
        {"decisions": {}},
        {"decisions": [7]},
        *(
            {"decisions": [STORED_FULL | {key: value}]}
            for key, value in {
                "at": "2026-11-23T09:00:00",
                "source": 7,
                "cause": "magic",
                "overruled": "yes",
                "before_ended": 1,
                "until": 7,
                "rule": 7,
            }.items()
        ),
    ],
    ids=str,
)
async def test_what_cannot_be_read_costs_the_history_of_that_person(
    history: DecisionHistory,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    damaged: Any,
) -> None:
    put(hass_storage, {"anna": damaged, "ben": {"decisions": [STORED_PAST]}})
    await history.async_load({"anna", "ben"})
    assert (history.of("anna"), history.of("ben")) == ((), (PAST,))
    assert "The history of some people's decisions is not readable" in caplog.text


async def test_fifty_decisions_are_remembered(
    history: DecisionHistory, hass_storage: dict[str, Any]
) -> None:
    for number in range(60):
        history.async_note("anna", replace(PAST, rule=str(number)))
    assert [each.rule for each in history.of("anna")] == [str(n) for n in range(59, 9, -1)]
    put(hass_storage, {"ben": {"decisions": [STORED_FULL, *[STORED_PAST] * 50]}})
    await history.async_load({"ben"})
    assert history.of("ben") == (PAST,) * 50


async def test_the_rule_that_won_last(history: DecisionHistory) -> None:
    assert history.last_rule_of("anna") is None
    history.async_note("anna", FULL)
    assert history.last_rule_of("anna") == "Meeting room"
    history.async_note("anna", replace(FULL, rule="On air"))
    assert history.last_rule_of("anna") == "On air"
    history.async_note("anna", PAST)
    assert history.last_rule_of("anna") is None


async def test_who_is_forgotten_is_not_stored(
    history: DecisionHistory, hass_storage: dict[str, Any]
) -> None:
    history.async_forget("anna")
    await history.async_save()
    assert FILE not in hass_storage
    history.async_note("anna", FULL)
    await history.async_save()
    history.async_forget("anna")
    assert history.of("anna") == ()
    await history.async_save()
    assert hass_storage[FILE]["data"] == {}


def test_causes_are_stored_under_the_names_of_earlier_versions() -> None:
    assert {cause.name: replace(PAST, cause=cause).as_storage()["cause"] for cause in Cause} == {
        "INPUT": "input",
        "TIME": "time",
        "SET": "set",
        "CLEARED": "cleared",
        "SETTING_ENDED": "setting_ended",
        "CHANGED_BY_HAND": "changed_by_hand",
        "OWN": "own",
        "RULES": "rules",
    }
