"""Rules that run: what they claim, who is told, and for whom they win."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
)

from custom_components.cisco_unified_presence.arbitration import RequestedPresence, RuleRequest
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.pws import Presence
from tests.common.rules import (
    ANNA,
    BEN,
    ELSEWHERE,
    MINUTE,
    NOON,
    REFUSED,
    add_rule,
    desk,
    issues,
    names,
    open_book,
    pass_by,
    rule,
)


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]) -> None:
    """Begin at noon, and let nothing reach the disk."""
    freezer.move_to(NOON)


# What is claimed


async def test_a_rule_that_holds_claims_for_its_people(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await desk(hass, "on")
    made = rule(note="At work", priority=7, insist=True, at_most={"hours": 1})
    book = await open_book(hass, made, entry=entry)
    claim = RuleRequest(
        rule_id="desk",
        name="Desk",
        requested=RequestedPresence(Presence.BUSY, override=True, note="At work"),
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
    gone = rule("Gone", when=ELSEWHERE, presence="away", at_most={"hours": 1})
    book = await open_book(hass, rule(), gone, rule("Ben", people="ben"), entry=entry)
    holding, failing = book.verdicts_of(entry.entry_id, ANNA)
    assert (holding.rule, holding.name, holding.enabled) == ("desk", "Desk", True)
    assert (holding.holds, holding.since, holding.failing) == (True, NOON, ())
    assert (holding.claim,) == book.claims_of(entry.entry_id, ANNA)
    assert (failing.name, failing.holds, failing.since) == ("Gone", False, None)
    assert len(failing.failing) == 1
    assert failing.claim.requested == RequestedPresence(Presence.AWAY, override=True)
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
    # The reconciler sees no moment at which nobody wants anything.
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
    assert (claim.rule_id, claim.since) == (own.subentry_id, NOON)


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
