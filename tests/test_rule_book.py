"""Rules that run: what they claim, who is told, and what a restart keeps."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.cisco_unified_presence.arbitration import Claim, Want
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rule_book import RULE_BOOK, RuleBook
from custom_components.cisco_unified_presence.rule_conditions import WatchedConditions

from .rules import AT_DESK, DESK, add_rule, open_book, rule, shut, start

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANNA = "anna@example.com"
BEN = "ben@example.com"
MINUTE = timedelta(minutes=1)
ELSEWHERE = {**AT_DESK, "state": "off"}
REFUSED = {"condition": "device", "device_id": "x", "domain": "light"}


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOON)


@pytest.fixture(autouse=True)
async def _memory(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> AsyncGenerator[None]:
    """Let nothing reach the disk, and Home Assistant's own cleaning after a start be done."""
    yield
    # It cleans, and then waits whether to clean again.
    await pass_by(hass, freezer, MINUTE)
    await pass_by(hass, freezer, MINUTE)


async def pass_by(hass: HomeAssistant, freezer: FrozenDateTimeFactory, time: timedelta) -> None:
    freezer.tick(time)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def desk(hass: HomeAssistant, state: str) -> None:
    hass.states.async_set(DESK, state)
    await hass.async_block_till_done()


def names(book: RuleBook, entry: MockConfigEntry, person: str = ANNA) -> list[str]:
    return [claim.name for claim in book.claims_of(entry.entry_id, person)]


def issues(hass: HomeAssistant) -> dict[str, dict[str, str] | None]:
    return {
        issue.issue_id: issue.translation_placeholders
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and issue.active
    }


# What is claimed


async def test_a_rule_that_holds_claims_for_its_people(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    made = rule(note="At work", priority=7, insist=True, at_most={"hours": 1})
    book = await open_book(hass, made, entry=entry)
    claim = Claim(
        rule="desk",
        name="Desk",
        want=Want(Presence.BUSY, override=True, note="At work"),
        priority=7,
        order=0,
        insist=True,
        since=NOON,
        until=NOON + timedelta(hours=1),
    )
    assert book.claims_of(entry.entry_id, ANNA) == (claim,)
    assert book.claims_of(entry.entry_id, BEN) == ()
    assert book.claims_of("another", ANNA) == ()
    await desk(hass, "off")
    assert names(book, entry) == []


async def test_times_decide_without_a_change(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    times = rule(duration={"minutes": 1}, hold={"minutes": 2})
    book = await open_book(hass, times, entry=entry)
    await desk(hass, "on")
    assert names(book, entry) == []
    await pass_by(hass, freezer, MINUTE)
    assert names(book, entry) == ["Desk"]
    await desk(hass, "off")
    await pass_by(hass, freezer, MINUTE)
    assert names(book, entry) == ["Desk"]
    await pass_by(hass, freezer, MINUTE)
    assert names(book, entry) == []


async def test_yaml_stands_before_the_interface_and_both_in_their_order(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    add_rule(hass, entry, "C", people=["anna"])
    add_rule(hass, entry, "D", people=["anna"])
    book = await open_book(hass, rule("B"), rule("A"), entry=entry)
    claims = book.claims_of(entry.entry_id, ANNA)
    assert [(claim.name, claim.order) for claim in claims] == [
        ("B", 0),
        ("A", 1),
        ("C", 2),
        ("D", 3),
    ]
    await book.async_set_yaml_rules([rule("A")])
    assert [claim.order for claim in book.claims_of(entry.entry_id, ANNA)] == [0, 1, 2]
    assert names(book, entry) == ["A", "C", "D"]


# Why


async def test_a_verdict_tells_of_every_rule_about_a_person(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    away = {"condition": "state", "entity_id": DESK, "state": "off"}
    gone = rule("Gone", when=away, presence="away", at_most={"hours": 1})
    book = await open_book(hass, rule(), gone, rule("Ben", people="ben"), entry=entry)
    holding, failing = book.verdicts_of(entry.entry_id, ANNA)
    assert (holding.rule, holding.name, holding.enabled) == ("desk", "Desk", True)
    assert (holding.holds, holding.since, holding.failing) == (True, NOON, ())
    assert (holding.claim,) == book.claims_of(entry.entry_id, ANNA)
    assert (failing.name, failing.holds, failing.since) == ("Gone", False, None)
    assert len(failing.failing) == 1
    assert failing.claim.want == Want(Presence.AWAY, override=True)
    assert (failing.claim.order, failing.claim.since) == (1, NOON)
    assert failing.claim.until == NOON + timedelta(hours=1)


# Who is told


async def test_a_burst_is_told_once_and_only_to_those_whom_it_concerns(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    book = await open_book(hass, rule(), rule("Twice"), rule("B", people="ben"), entry=entry)
    told: list[frozenset[str]] = []
    unsubscribe = book.async_subscribe(entry.entry_id, told.append)
    others: list[frozenset[str]] = []
    book.async_subscribe("another", others.append)
    await desk(hass, "on")
    assert told == [{ANNA}]
    unsubscribe()
    await desk(hass, "off")
    assert len(told) == 1
    assert others == []


async def test_a_listener_may_end_itself(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    book = await open_book(hass, rule(), entry=entry)
    told: list[str] = []

    def tell_once(_people: frozenset[str]) -> None:
        told.append("first")
        end()

    end = book.async_subscribe(entry.entry_id, tell_once)
    book.async_subscribe(entry.entry_id, lambda _: told.append("second"))
    await desk(hass, "on")
    assert told == ["first", "second"]


# Switched off


async def test_a_rule_that_is_switched_off_forgets_how_long_its_conditions_were_true(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    book = await open_book(hass, rule(duration={"minutes": 1}), entry=entry)
    await pass_by(hass, freezer, MINUTE)
    assert names(book, entry) == ["Desk"]
    told: list[frozenset[str]] = []
    book.async_subscribe(entry.entry_id, told.append)

    await book.async_set_enabled("desk", enabled=False)
    await hass.async_block_till_done()
    assert names(book, entry) == []
    assert told == [{ANNA}]
    assert [each.enabled for each in book.verdicts_of(entry.entry_id, ANNA)] == [False]
    await pass_by(hass, freezer, 5 * MINUTE)
    assert names(book, entry) == []
    await book.async_set_yaml_rules([rule(duration={"minutes": 1}, hold={"minutes": 3})])
    assert names(book, entry) == []

    await book.async_set_enabled("desk", enabled=True)
    await book.async_set_enabled("desk", enabled=True)
    assert names(book, entry) == []
    await pass_by(hass, freezer, MINUTE)
    assert names(book, entry) == ["Desk"]


# Rules that change


async def test_another_priority_or_order_keeps_the_times(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    book = await open_book(hass, rule(), entry=entry)
    await pass_by(hass, freezer, MINUTE)
    told: list[frozenset[str]] = []
    book.async_subscribe(entry.entry_id, told.append)
    await book.async_set_yaml_rules([rule("New"), rule("Desk", priority=3)])
    await hass.async_block_till_done()
    claims = book.claims_of(entry.entry_id, ANNA)
    assert [(each.name, each.priority, each.order) for each in claims] == [
        ("New", 0, 0),
        ("Desk", 3, 1),
    ]
    assert [each.since for each in claims] == [NOON + MINUTE, NOON]
    assert told == [{ANNA}]


async def test_other_times_count_at_once(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    book = await open_book(hass, rule(), entry=entry)
    await pass_by(hass, freezer, 2 * MINUTE)
    await book.async_set_yaml_rules([rule(at_most={"minutes": 1})])
    assert names(book, entry) == []
    await book.async_set_yaml_rules([rule(at_most={"minutes": 3})])
    assert names(book, entry) == []


async def test_other_conditions_begin_anew(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await desk(hass, "on")
    book = await open_book(hass, rule(), entry=entry)
    slower = rule(when="{{ true }}", duration={"minutes": 1})
    await book.async_set_yaml_rules([slower])
    assert names(book, entry) == []
    told: list[list[str]] = []
    book.async_subscribe(entry.entry_id, lambda _: told.append(names(book, entry)))
    await book.async_set_yaml_rules([rule(when="{{ true }}")])
    await book.async_set_yaml_rules([rule(when=["{{ 1 == 1 }}"])])
    await hass.async_block_till_done()
    # The keeper sees no moment at which nobody wants anything.
    assert told
    assert all(each == ["Desk"] for each in told)


async def test_a_rule_that_is_gone_claims_nothing_more_and_its_people_are_told(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    book = await open_book(hass, rule(), entry=entry)
    told: list[frozenset[str]] = []
    book.async_subscribe(entry.entry_id, told.append)
    await book.async_set_yaml_rules([])
    assert names(book, entry) == []
    assert book.verdicts_of(entry.entry_id, ANNA) == ()
    assert book.status_of("desk") is None
    await hass.async_block_till_done()
    assert told == [{ANNA}]
    await desk(hass, "off")
    await desk(hass, "on")
    assert names(book, entry) == []


async def test_conditions_that_are_refused_are_an_issue_until_they_are_mended(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    bad = rule(when=REFUSED)
    book = await open_book(hass, bad, entry=entry)
    assert names(book, entry) == []
    issue = issues(hass)["rule_conditions_desk"]
    assert issue is not None
    assert issue["rule"] == "Desk"
    assert issue["problem"]
    await book.async_set_yaml_rules([rule()])
    assert issues(hass) == {}
    assert names(book, entry) == ["Desk"]
    await book.async_set_yaml_rules([bad])
    assert names(book, entry) == []
    assert issues(hass).keys() == {"rule_conditions_desk"}
    await book.async_set_yaml_rules([])
    assert issues(hass) == {}


async def test_somebody_unknown_is_an_issue_and_the_rule_works_for_the_others(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    book = await open_book(hass, rule(people=["anna", "ann", "zoe"]), entry=entry)
    assert names(book, entry) == ["Desk"]
    assert issues(hass) == {"rule_people_desk": {"rule": "Desk", "words": "ann, zoe"}}
    await book.async_set_yaml_rules([rule()])
    assert issues(hass) == {}
    await book.async_set_yaml_rules([rule(people="zoe")])
    await book.async_set_yaml_rules([])
    assert issues(hass) == {}


# Entries that come and go


async def test_the_rules_of_an_entry_go_with_it_and_come_back_as_they_were(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    own = add_rule(hass, entry, people=["anna"])
    book = await open_book(hass, rule("Other"), entry=entry)
    await book.async_set_enabled("other", enabled=False)
    told: list[frozenset[str]] = []
    book.async_subscribe(entry.entry_id, told.append)
    await hass.async_block_till_done()
    told.clear()
    await book.async_remove_entry(entry)
    await hass.async_block_till_done()
    assert told == []
    assert book.claims_of(entry.entry_id, ANNA) == ()
    assert book.rules_from(entry.entry_id) == ()
    assert [each.name for each in book.rules_from(None)] == ["Other"]

    await pass_by(hass, freezer, MINUTE)
    await book.async_add_entry(entry, lambda: people_of(entry))
    (claim,) = book.claims_of(entry.entry_id, ANNA)
    assert (claim.rule, claim.since) == (own.subentry_id, NOON)


async def test_rules_and_people_of_an_entry_are_taken_up(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    book = await open_book(hass, rule(people=["anna", "ben"]), entry=entry)
    assert names(book, entry, BEN) == []
    told: list[frozenset[str]] = []
    book.async_subscribe(entry.entry_id, told.append)

    ben = next(each for each in entry.subentries.values() if each.title == "Ben")
    hass.config_entries.async_update_subentry(entry, ben, data={**ben.data, "controlled": True})
    await book.async_people_changed(entry)
    await hass.async_block_till_done()
    assert names(book, entry, BEN) == ["Desk"]
    assert told == [{BEN}]

    own = add_rule(hass, entry, "Own", people=["ben"])
    await book.async_people_changed(entry)
    assert names(book, entry, BEN) == ["Desk", "Own"]
    hass.config_entries.async_remove_subentry(entry, own.subentry_id)
    await book.async_people_changed(entry)
    assert names(book, entry, BEN) == ["Desk"]


async def test_changes_of_an_entry_that_is_not_loaded_are_of_no_interest(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    add_rule(hass, entry, people=["anna"])
    book = await open_book(hass)
    await book.async_people_changed(entry)
    assert book.rules_from(entry.entry_id) == ()


# A restart


async def restart(hass: HomeAssistant, entry: MockConfigEntry, *rules: Any) -> RuleBook:
    """Return the book of a Home Assistant that is starting."""
    await shut(hass)
    hass.set_state(CoreState.starting)
    return await open_book(hass, *rules, entry=entry)


async def test_until_home_assistant_has_started_the_outcome_from_before_stands(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    impatient = rule(grace=0)
    book = await open_book(hass, impatient, rule("Off"), entry=entry)
    await book.async_set_enabled("off", enabled=False)
    hass.states.async_remove(DESK)
    hass.states.async_set(DESK, "on")
    await hass.async_block_till_done()

    freezer.tick(MINUTE)
    await shut(hass)
    # Whatever entities become while Home Assistant stops is not looked at.
    await desk(hass, "unavailable")
    hass.set_state(CoreState.starting)
    book = await open_book(hass, impatient, rule("Off"), entry=entry)
    await pass_by(hass, freezer, 10 * MINUTE)
    assert names(book, entry) == ["Desk"]
    told: list[frozenset[str]] = []
    book.async_subscribe(entry.entry_id, told.append)
    await desk(hass, "on")
    await start(hass)
    assert told == []
    (claim,) = book.claims_of(entry.entry_id, ANNA)
    assert claim.since == NOON
    assert [each.enabled for each in book.verdicts_of(entry.entry_id, ANNA)] == [True, False]


async def test_times_go_on_while_home_assistant_is_stopped(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    slow = rule(duration={"minutes": 3})
    await open_book(hass, slow, entry=entry)
    await shut(hass)
    await pass_by(hass, freezer, 5 * MINUTE)
    hass.set_state(CoreState.starting)
    book = await open_book(hass, slow, entry=entry)
    assert names(book, entry) == []
    await start(hass)
    assert names(book, entry) == ["Desk"]


async def test_other_conditions_after_a_restart_begin_anew_and_keep_the_switch(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    book = await open_book(hass, rule(), rule("Off"), entry=entry)
    await book.async_set_enabled("off", enabled=False)
    other = "{{ true }}"
    book = await restart(hass, entry, rule(when=other), rule("Off", when=other))
    assert names(book, entry) == []
    assert [each.enabled for each in book.verdicts_of(entry.entry_id, ANNA)] == [True, False]
    await start(hass)
    assert names(book, entry) == ["Desk"]


@pytest.mark.parametrize("name", ["Desk", "New"])
@pytest.mark.parametrize("when", [ELSEWHERE, REFUSED])
async def test_a_stop_while_conditions_are_being_built_leaves_nobody_looking(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    when: dict[str, Any],
) -> None:
    await desk(hass, "on")
    book = await open_book(hass, rule(), entry=entry)
    create, gate = WatchedConditions.async_create, asyncio.Event()

    async def create_slowly(hass: HomeAssistant, raw: list[Any], name: str) -> WatchedConditions:
        await gate.wait()
        return await create(hass, raw, name)

    monkeypatch.setattr(WatchedConditions, "async_create", create_slowly)
    task = hass.async_create_task(book.async_set_yaml_rules([rule(name, when=[when])]))
    await asyncio.sleep(0)
    hass.set_state(CoreState.stopping)
    hass.bus.async_fire("homeassistant_stop")
    await asyncio.sleep(0)
    gate.set()
    await task
    before = book.claims_of(entry.entry_id, ANNA)
    await desk(hass, "off")
    assert book.claims_of(entry.entry_id, ANNA) == before
    assert issues(hass) == {}


# What is forgotten


def remembered(hass_storage: dict[str, Any]) -> set[str]:
    return set(hass_storage["cisco_unified_presence.rules"]["data"])


async def test_rules_that_are_gone_for_good_are_forgotten(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await desk(hass, "on")
    own, other = add_rule(hass, entry, "Own"), add_rule(hass, entry, "Other")
    book = await open_book(hass, rule(), rule("Lunch"), entry=entry)
    ids = {own.subentry_id, other.subentry_id}
    # One of them could not be read.
    await book.async_set_yaml_rules([rule("Lunch")], whole=False)
    book = await restart(hass, entry, *())
    assert remembered(hass_storage) == {"desk", "lunch"} | ids
    hass.config_entries.async_remove_subentry(entry, own.subentry_id)
    await book.async_people_changed(entry)
    await book.async_set_yaml_rules([rule("Lunch")])
    await shut(hass)
    assert remembered(hass_storage) == {other.subentry_id, "lunch"}


async def test_an_entry_that_is_unloaded_is_not_forgotten_and_one_that_is_removed_is(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await desk(hass, "on")
    own = add_rule(hass, entry, "Own")
    book = await open_book(hass, rule(), entry=entry)
    await book.async_remove_entry(entry)
    await shut(hass)
    assert remembered(hass_storage) == {"desk", own.subentry_id}
    hass.set_state(CoreState.running)
    book.async_forget_entry(entry)
    await shut(hass)
    assert remembered(hass_storage) == {"desk"}


async def test_the_rules_of_an_entry_that_was_removed_meanwhile_are_forgotten(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    add_rule(hass, entry, "Own")
    await open_book(hass, rule(), entry=entry)
    await shut(hass)
    hass.set_state(CoreState.running)
    del hass.data[RULE_BOOK]
    # Nothing of the integration runs, as when its only entry is disabled.
    await hass.config_entries.async_remove(entry.entry_id)
    await open_book(hass, rule())
    await shut(hass)
    assert remembered(hass_storage) == {"desk"}


# For whom a rule wins


async def test_a_rule_knows_for_whom_it_wins(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await desk(hass, "on")
    book = await open_book(hass, rule(), rule("Other"), entry=entry)
    news: list[str] = []
    book.async_subscribe_rule("desk", lambda: news.append("desk"))
    book.async_subscribe_rule("other", lambda: news.append("other"))

    book.async_set_winner(entry.entry_id, ANNA, "desk")
    book.async_set_winner(entry.entry_id, ANNA, "desk")
    await hass.async_block_till_done()
    status = book.status_of("desk")
    assert status is not None
    assert (status.people, status.wins_for, status.since) == (("Anna",), ("Anna",), NOON)
    assert news == ["desk"]

    book.async_set_winner(entry.entry_id, ANNA, "other")
    await hass.async_block_till_done()
    assert sorted(news) == ["desk", "desk", "other"]
    status = book.status_of("desk")
    assert status is not None
    assert status.wins_for == ()

    await book.async_remove_entry(entry)
    status = book.status_of("other")
    assert status is not None
    assert (status.people, status.wins_for) == ((), ())
