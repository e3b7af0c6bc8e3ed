"""What looks like a mistake in rules is named, once, and may be ignored."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.arbitration import RequestedPresence, RuleRequest
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules.lint import (
    LintedRule,
    never_winning,
    sensors_that_must_be_on,
    targets_that_must_detect,
    tied,
)
from tests.common.rules import (
    ANNA,
    AT_DESK,
    BEN,
    DESK,
    ELSEWHERE,
    NOON,
    add_rule,
    desk,
    issues,
    open_engine,
    pass_by,
    rule,
    shut,
    start,
)

LAMP = {"condition": "state", "entity_id": "binary_sensor.lamp", "state": "on"}
BOTH = frozenset({("entry", ANNA), ("entry", BEN)})
ONLY_ANNA = frozenset({("entry", ANNA)})
MINUTES = timedelta(minutes=5)


def never(
    above: dict[str, Any],
    below: dict[str, Any],
    *,
    people: tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]] = (BOTH, BOTH),
) -> list[str]:
    """Return which of two rules never win, the first of which is the first in the list."""
    linted = [
        LintedRule(rule("Above", **above), 0, people[0]),
        LintedRule(rule("Below", **below), 1, people[1]),
    ]
    return list(never_winning(linted))


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ({}, {"presence": "away"}),
        ({}, {"when": [AT_DESK, LAMP]}),
        ({"priority": 5}, {"priority": 4}),
        ({"hold": {"minutes": 2}}, {"duration": {"minutes": 2}}),
        ({"yields_to": []}, {}),
        ({"beats_manual": True}, {"beats_manual": True}),
        ({}, {"at_most": {"hours": 1}}),
        ({"presence": "do_not_disturb"}, {}),
    ],
)
def test_a_rule_never_wins_where_another_holds_whenever_it_does(
    above: dict[str, Any], below: dict[str, Any]
) -> None:
    assert never(above, below) == ["below"]
    assert never(above, below, people=(BOTH, ONLY_ANNA)) == ["below"]
    assert never(above, below, people=(ONLY_ANNA, BOTH)) == []
    assert never(above, below, people=(BOTH, frozenset())) == []


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ({}, {"priority": 1, "when": [AT_DESK, LAMP]}),
        ({"when": [AT_DESK, LAMP]}, {}),
        ({"when": [ELSEWHERE]}, {}),
        ({"duration": {"minutes": 1}}, {}),
        ({}, {"hold": {"minutes": 1}}),
        ({"at_most": {"hours": 1}}, {}),
        ({"until": "17:00"}, {}),
        ({"grace": {"minutes": 1}}, {}),
        ({"presence": {"entity_id": "select.mode"}}, {}),
        # It does not yield to the person's own Do not disturb.
        ({}, {"presence": "do_not_disturb"}),
        ({}, {"yields_to": []}),
        ({}, {"beats_manual": True}),
        (
            {"when": ["{{ x }}"], "variables": {"x": "{{ true }}"}},
            {"when": ["{{ x }}"], "variables": {"x": "{{ false }}"}},
        ),
    ],
)
async def test_a_rule_that_may_win_is_not_named(
    hass: HomeAssistant, above: dict[str, Any], below: dict[str, Any]
) -> None:
    assert "below" not in never(above, below)


def test_only_sensors_that_must_be_on_count() -> None:
    conditions = [
        AT_DESK,
        {**LAMP, "state": ["on"], "enabled": False},
        {"or": [{**LAMP, "state": ["on"]}, "{{ true }}"]},
        {"condition": "not", "conditions": [{**AT_DESK, "entity_id": "binary_sensor.not"}]},
        {"not": [{**AT_DESK, "entity_id": "binary_sensor.not"}]},
        {**ELSEWHERE, "entity_id": "binary_sensor.off"},
        {**AT_DESK, "attribute": "x", "entity_id": "binary_sensor.attribute"},
        {**AT_DESK, "entity_id": "binary_sensor.door"},
    ]
    found = list(sensors_that_must_be_on(conditions))
    assert found == [DESK, "binary_sensor.lamp", "binary_sensor.door"]


@pytest.mark.parametrize(
    ("condition", "entities"),
    [
        ({**AT_DESK, "entity_id": ["a.a", "b.b"]}, ["a.a", "b.b"]),
        ({**AT_DESK, "state": ["on", "off"]}, []),
        ({**AT_DESK, "state": []}, []),
        ({**AT_DESK, "enabled": True}, [DESK]),
        ({**AT_DESK, "enabled": "{{ false }}"}, [DESK]),
        ({"condition": "and", "conditions": [AT_DESK, "{{ true }}"]}, [DESK]),
        ({"and": {"or": AT_DESK}}, [DESK]),
        ({"condition": "numeric_state", "entity_id": DESK, "state": "on"}, []),
        ({"condition": "state", "state": "on"}, []),
        ("{{ true }}", []),
    ],
)
def test_which_sensors_must_be_on(condition: Any, entities: list[str]) -> None:
    assert list(sensors_that_must_be_on([condition])) == entities


def test_which_targets_must_detect() -> None:
    target = {"area_id": ["office"]}
    found = targets_that_must_detect(
        [
            {"condition": "motion.is_detected", "target": target},
            {"condition": "occupancy.is_detected", "target": {"entity_id": DESK}},
            {"condition": "motion.is_detected"},
            {"condition": "motion.is_cleared", "target": target},
            {"condition": "occupancy.is_detected", "target": target, "enabled": False},
            {"or": [{"condition": "occupancy.is_detected", "target": {"label_id": "x"}}]},
            AT_DESK,
        ]
    )
    assert list(found) == [target, {"entity_id": DESK}, {"label_id": "x"}]


def asking(order: int, presence: Presence | None, priority: int = 0) -> RuleRequest:
    return RuleRequest(
        rule_id=f"rule_{order}",
        name=f"Rule {order}",
        requested=RequestedPresence(presence, override=True) if presence else None,
        priority=priority,
        order=order,
        insist=False,
        since=NOON,
    )


BUSY, AWAY = Presence.BUSY, Presence.AWAY


@pytest.mark.parametrize(
    ("requests", "orders"),
    [
        ([], None),
        ([asking(0, BUSY)], None),
        ([asking(1, AWAY), asking(0, BUSY)], (0, 1)),
        ([asking(0, BUSY), asking(1, BUSY), asking(2, AWAY)], (0, 2)),
        ([asking(0, BUSY), asking(1, None), asking(2, AWAY)], (0, 1)),
        ([asking(0, None), asking(1, None)], None),
        ([asking(0, BUSY), asking(1, BUSY)], None),
        ([asking(0, BUSY, -1), asking(1, AWAY), asking(2, BUSY, -1)], None),
        ([asking(0, BUSY), asking(1, AWAY, 5), asking(2, BUSY, 5)], (1, 2)),
    ],
)
def test_which_rules_are_told_apart_by_their_order(
    requests: list[RuleRequest], orders: tuple[int, int] | None
) -> None:
    found = tied(requests)
    assert (found and tuple(each.order for each in found)) == orders


def test_which_rule_wins_in_the_place_of_each() -> None:
    linted = [
        LintedRule(rule("Low", priority=-1), 0, BOTH),
        LintedRule(rule("First", presence="away"), 1, BOTH),
        LintedRule(rule("Second", when=[LAMP]), 2, BOTH),
        LintedRule(rule("Third", when=[LAMP, ELSEWHERE]), 3, ONLY_ANNA),
    ]
    assert linted[0].rank == (1, 0)
    found = never_winning(linted)
    assert [(rule_id, above.rule.id) for rule_id, above in found.items()] == [
        ("low", "first"),
        ("third", "second"),
    ]


async def test_a_rule_that_never_wins_is_named_once_until_it_is_changed(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    rules = [rule("On air", presence="away"), rule("Desk", when=[AT_DESK, LAMP])]
    engine = await open_engine(hass, *rules, entry=entry)
    assert issues(hass)["rule_never_wins_desk"] == {"rule": "Desk", "other": "On air"}
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "rule_never_wins_desk")
    assert issue
    assert issue.severity is ir.IssueSeverity.WARNING
    await engine.async_set_yaml_rules(rules)
    assert caplog.text.count("The rule Desk never wins: On air holds whenever it does") == 1
    await engine.async_set_enabled("on_air", enabled=False)
    assert "rule_never_wins_desk" not in issues(hass)
    await engine.async_set_enabled("on_air", enabled=True)
    assert "rule_never_wins_desk" in issues(hass)
    assert caplog.text.count("The rule Desk never wins: On air holds whenever it does") == 1
    await engine.async_set_yaml_rules([rules[0], rule("Desk", when=[AT_DESK, LAMP], priority=1)])
    assert "rule_never_wins_desk" not in issues(hass)


async def test_what_is_ignored_stays_ignored_while_its_entry_is_reloaded(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Until the rule is changed, or another one is in its way."""
    above = rule("On air", presence="away")
    engine = await open_engine(hass, above, entry=entry)
    added = add_rule(hass, entry, people=["anna"], when=[AT_DESK, LAMP])
    issue_id = f"rule_never_wins_{added.subentry_id}"

    def is_ignored() -> bool:
        issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
        assert issue
        return issue.dismissed_version is not None

    async def reload() -> None:
        await engine.async_remove_entry(entry)
        assert issue_id not in issues(hass)
        await engine.async_add_entry(entry, lambda: people_of(entry))
        await hass.async_block_till_done()

    await reload()
    assert not is_ignored()
    ir.async_ignore_issue(hass, DOMAIN, issue_id, ignore=True)
    for _ in range(2):
        await reload()
        assert is_ignored()

    ir.async_ignore_issue(hass, DOMAIN, issue_id, ignore=False)
    await reload()
    assert not is_ignored()

    ir.async_ignore_issue(hass, DOMAIN, issue_id, ignore=True)
    await engine.async_set_yaml_rules([])
    await engine.async_set_yaml_rules([rule("Other", presence="away")])
    assert not is_ignored()


async def test_nothing_is_named_before_home_assistant_has_started(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    hass.set_state(CoreState.starting)
    await open_engine(hass, rule("On air", presence="away"), rule("Desk"), entry=entry)
    assert issues(hass) == {}
    await start(hass)
    assert "rule_never_wins_desk" in issues(hass)


async def test_equal_priorities_are_named_where_both_rules_were_seen_to_hold(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    freezer.move_to(NOON)
    engine = await open_engine(
        hass,
        rule("On air", when=[LAMP], presence="do_not_disturb"),
        rule("Desk"),
        rule("Same", when=[AT_DESK], priority=-1, presence="away", hold={"minutes": 1}),
        entry=entry,
    )
    await desk(hass, "on")
    engine.async_set_winner(entry.entry_id, ANNA, "desk")
    await pass_by(hass, freezer, MINUTES)
    assert "rule_equal_priority_desk" not in issues(hass)
    hass.states.async_set("binary_sensor.lamp", "on")
    await hass.async_block_till_done()
    engine.async_set_winner(entry.entry_id, ANNA, "on_air")
    await pass_by(hass, freezer, MINUTES)
    named = {"rule": "Desk", "other": "On air", "person": "Anna"}
    assert issues(hass)["rule_equal_priority_desk"] == named
    # While the person's server is away, nothing is known of the person.
    await engine.async_remove_entry(entry)
    assert "rule_equal_priority_desk" not in issues(hass)
    await engine.async_add_entry(entry, lambda: people_of(entry))
    # It stays when they hold no more, until one of them is changed.
    await desk(hass, "off")
    await pass_by(hass, freezer, MINUTES)
    assert "rule_equal_priority_desk" in issues(hass)
    await engine.async_set_yaml_rules(
        [rule("On air", when=[LAMP], presence="do_not_disturb", priority=1), rule("Desk")]
    )
    assert "rule_equal_priority_desk" not in issues(hass)


async def test_equal_priorities_for_the_same_presence_are_no_matter(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    freezer.move_to(NOON)
    engine = await open_engine(hass, rule("On air", when=[LAMP]), rule("Desk"), entry=entry)
    hass.states.async_set("binary_sensor.lamp", "on")
    await desk(hass, "on")
    engine.async_set_winner(entry.entry_id, ANNA, "on_air")
    await pass_by(hass, freezer, MINUTES)
    assert issues(hass) == {}


@pytest.mark.parametrize(
    ("condition", "changes", "named"),
    [
        (AT_DESK, {}, "Motion at the desk"),
        (AT_DESK, {"hold": {"minutes": 5}}, None),
        (ELSEWHERE, {}, None),
        (
            {"condition": "motion.is_detected", "target": {"entity_id": DESK}, "options": {}},
            {},
            "Motion at the desk",
        ),
    ],
)
async def test_a_motion_sensor_without_hold_is_named(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    condition: dict[str, Any],
    changes: dict[str, Any],
    named: str | None,
) -> None:
    attributes = {"device_class": "motion", "friendly_name": "Motion at the desk"}
    hass.states.async_set(DESK, "off", attributes)
    await open_engine(hass, rule("Desk", when=[condition], **changes), entry=entry)
    found = issues(hass).get("rule_without_hold_desk")
    assert (found or {}).get("entity") == named


async def test_a_sensor_of_occupancy_is_named_once_the_rule_flickers(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    freezer.move_to(NOON)
    attributes = {"device_class": "occupancy", "friendly_name": "Desk"}
    hass.states.async_set(DESK, "off", attributes)
    await open_engine(hass, rule("Desk"), entry=entry)
    for times in range(4):
        assert issues(hass) == {}, times
        for state in ("on", "off"):
            hass.states.async_set(DESK, state, attributes)
            await pass_by(hass, freezer, timedelta(seconds=50))
    await pass_by(hass, freezer, MINUTES)
    assert "rule_without_hold_desk" in issues(hass)


async def test_nothing_is_looked_for_once_home_assistant_stops(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    freezer.move_to(NOON)
    hass.states.async_set(DESK, "off")
    gone = {"condition": "state", "entity_id": "binary_sensor.gone", "state": "on"}
    await open_engine(hass, rule("Desk"), rule("Gone", when=[gone]), entry=entry)
    await shut(hass)
    hass.states.async_set(DESK, "off", {"device_class": "motion"})
    await pass_by(hass, freezer, 2 * MINUTES)
    assert issues(hass) == {}
