"""Rules that run: what they request, who is notified, and for whom they win."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.arbitration import RequestedPresence, RuleRequest
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules import Scope
from tests.common.rules import (
    ANNA,
    BEN,
    ELSEWHERE,
    MINUTE,
    NOON,
    REFUSED,
    add_rule,
    desk,
    names,
    open_engine,
    pass_by,
    rule,
)

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


# What is requested


async def test_a_rule_that_holds_requests_for_its_people(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    made = rule(note="At work", priority=7, insist=True, at_most={"hours": 1})
    engine = await open_engine(hass, made, entry=entry)
    request = RuleRequest(
        rule_id="desk",
        name="Desk",
        requested=RequestedPresence(Presence.BUSY, override=True, note="At work"),
        priority=7,
        order=0,
        insist=True,
        since=NOON,
        until=NOON + timedelta(hours=1),
    )
    assert engine.requests_for(entry.entry_id, ANNA) == (request,)
    assert engine.requests_for(entry.entry_id, BEN) == ()
    assert engine.requests_for("another", ANNA) == ()


async def test_half_a_surrogate_pair_in_a_note_is_replaced(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """It could neither be stored nor sent."""
    await desk(hass, "on")
    engine = await open_engine(hass, rule(note="{{ 'x\\ud83d' }}"), entry=entry)
    (request,) = engine.requests_for(entry.entry_id, ANNA)
    assert request.requested == RequestedPresence(Presence.BUSY, override=True, note="x?")
    await desk(hass, "off")
    assert names(engine, entry) == []


async def test_times_decide_without_a_change(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    times = rule(duration={"minutes": 1}, hold={"minutes": 2})
    engine = await open_engine(hass, times, entry=entry)
    await desk(hass, "on")
    assert names(engine, entry) == []
    await pass_by(hass, freezer, MINUTE)
    assert names(engine, entry) == ["Desk"]
    await desk(hass, "off")
    await pass_by(hass, freezer, MINUTE)
    assert names(engine, entry) == ["Desk"]
    await pass_by(hass, freezer, MINUTE)
    assert names(engine, entry) == []


async def test_yaml_stands_before_the_interface_and_both_in_their_order(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    add_rule(hass, entry, "C", people=["anna"])
    add_rule(hass, entry, "D", people=["anna"])
    engine = await open_engine(hass, rule("B"), rule("A"), entry=entry)
    requests = engine.requests_for(entry.entry_id, ANNA)
    assert [(request.name, request.order) for request in requests] == [
        ("B", 0),
        ("A", 1),
        ("C", 2),
        ("D", 3),
    ]
    await engine.async_set_yaml_rules([rule("A")])
    assert [request.order for request in engine.requests_for(entry.entry_id, ANNA)] == [0, 1, 2]
    assert names(engine, entry) == ["A", "C", "D"]


# Why


async def test_an_evaluation_tells_of_every_rule_about_a_person(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    gone = rule("Gone", when=ELSEWHERE, presence="away", at_most={"hours": 1})
    engine = await open_engine(hass, rule(), gone, rule("Ben", people="ben"), entry=entry)
    holding, failing = engine.evaluations_for(entry.entry_id, ANNA)
    assert (holding.rule_id, holding.name, holding.enabled) == ("desk", "Desk", True)
    assert (holding.holds, holding.since, holding.failing) == (True, NOON, ())
    assert (holding.request,) == engine.requests_for(entry.entry_id, ANNA)
    assert (failing.name, failing.holds, failing.since) == ("Gone", False, None)
    assert len(failing.failing) == 1
    assert failing.request.requested == RequestedPresence(Presence.AWAY, override=True)
    assert (failing.request.order, failing.request.since) == (1, NOON)
    assert failing.request.until == NOON + timedelta(hours=1)


# Who is notified


async def test_a_burst_notifies_once_and_only_those_concerned(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    engine = await open_engine(hass, rule(), rule("Twice"), rule("B", people="ben"), entry=entry)
    notified: list[frozenset[str]] = []
    unsubscribe = engine.async_subscribe_requests(entry.entry_id, notified.append)
    others: list[frozenset[str]] = []
    engine.async_subscribe_requests("another", others.append)
    await desk(hass, "on")
    assert notified == [{ANNA}]
    unsubscribe()
    await desk(hass, "off")
    assert len(notified) == 1
    assert others == []


async def test_a_listener_may_end_itself(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    engine = await open_engine(hass, rule(), entry=entry)
    notified: list[str] = []

    def tell_once(_people: frozenset[str]) -> None:
        notified.append("first")
        end()

    end = engine.async_subscribe_requests(entry.entry_id, tell_once)
    engine.async_subscribe_requests(entry.entry_id, lambda _: notified.append("second"))
    await desk(hass, "on")
    assert notified == ["first", "second"]


# Switched off


async def test_a_rule_that_is_switched_off_forgets_how_long_its_conditions_were_true(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(duration={"minutes": 1}), entry=entry)
    await pass_by(hass, freezer, MINUTE)
    assert names(engine, entry) == ["Desk"]
    notified: list[frozenset[str]] = []
    engine.async_subscribe_requests(entry.entry_id, notified.append)

    await engine.async_set_enabled("desk", enabled=False)
    await hass.async_block_till_done()
    assert names(engine, entry) == []
    assert notified == [{ANNA}]
    assert [each.enabled for each in engine.evaluations_for(entry.entry_id, ANNA)] == [False]
    await pass_by(hass, freezer, 5 * MINUTE)
    assert names(engine, entry) == []
    await engine.async_set_yaml_rules([rule(duration={"minutes": 1}, hold={"minutes": 3})])
    assert names(engine, entry) == []

    await engine.async_set_enabled("desk", enabled=True)
    await engine.async_set_enabled("desk", enabled=True)
    assert names(engine, entry) == []
    await pass_by(hass, freezer, MINUTE)
    assert names(engine, entry) == ["Desk"]


# For whom a rule wins


async def test_a_rule_knows_for_whom_it_wins(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(), rule("Other"), entry=entry)
    changed: list[str] = []
    engine.async_subscribe_rule("desk", lambda: changed.append("desk"))
    engine.async_subscribe_rule("other", lambda: changed.append("other"))

    engine.async_set_winner(entry.entry_id, ANNA, "desk")
    engine.async_set_winner(entry.entry_id, ANNA, "desk")
    await hass.async_block_till_done()
    status = engine.status_of("desk")
    assert status is not None
    assert (status.people, status.wins_for, status.since) == (("Anna",), ("Anna",), NOON)
    assert changed == ["desk"]

    engine.async_set_winner(entry.entry_id, ANNA, "other")
    await hass.async_block_till_done()
    assert sorted(changed) == ["desk", "desk", "other"]
    status = engine.status_of("desk")
    assert status is not None
    assert status.wins_for == ()

    await engine.async_remove_entry(entry)
    status = engine.status_of("other")
    assert status is not None
    assert (status.people, status.wins_for) == ((), ())


async def test_rules_that_are_gone_listen_no_more(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    def listeners() -> dict[Any, int]:
        # What has changed is stored later.
        return {**hass.bus.async_listeners(), "homeassistant_final_write": 0}

    engine = await open_engine(hass, entry=entry)
    before = listeners()
    template = "{{ is_state('input_boolean.work', 'on') }}"
    noted = rule("Noted", note="{{ states('sensor.room') }}")
    changed = rule("Templates", when=[template])
    await engine.async_set_yaml_rules([rule(), changed, noted, rule("Refused", when=[REFUSED])])
    await engine.async_set_yaml_rules([rule("Templates", when=[template, ELSEWHERE])])
    assert listeners() != before
    await engine.async_set_yaml_rules([])
    await hass.async_block_till_done()
    assert listeners() == before


async def test_pauses_count_after_a_restart(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await desk(hass, "on")
    engine = await open_engine(hass, rule(), entry=entry)
    engine.pauses.async_pause(Scope(), None)
    await engine.async_stored()
    assert names(engine, entry) == []

    engine = await open_engine(hass, rule(), entry=entry)
    assert names(engine, entry) == []
    engine.pauses.async_resume(Scope())
    assert names(engine, entry) == ["Desk"]


async def test_a_changed_rule_is_told_of_though_it_requests_the_same(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    engine = await open_engine(hass, rule(), entry=entry)
    told: list[str] = []
    engine.async_subscribe_rule("desk", lambda: told.append("desk"))
    await engine.async_set_yaml_rules([rule(hold={"minutes": 1})])
    await hass.async_block_till_done()
    assert told
    told.clear()
    await engine.async_set_yaml_rules([rule(hold={"minutes": 1})])
    await hass.async_block_till_done()
    assert told == []
