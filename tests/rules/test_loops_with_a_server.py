"""Loops by way of other people, and of other integrations' entities: docs/rules.md."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.model import Presence, Status
from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE
from custom_components.cisco_unified_presence.control.own_memory import OwnMemory
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.asking import use_rules
from tests.common.entry import group, person
from tests.common.rules import add_rule, issues
from tests.common.server import PASSWORD, Cup
from tests.common.setting_presence import WRITES
from tests.common.waiting import pass_time, settled

FREE = "binary_sensor.anna_is_free"
TEMPLATE = [
    {
        "binary_sensor": {
            "name": "Anna is free",
            "default_entity_id": FREE,
            "state": "{{ is_state('sensor.anna_presence', 'available') }}",
        }
    }
]


def switching(entity_id: str, on: dict[str, str], off: dict[str, str]) -> list[dict[str, Any]]:
    """Return automations that turn a switch on and off when that happens."""
    return [
        {
            "alias": f"{entity_id} {word}",
            "triggers": {"trigger": "state", **trigger},
            "actions": {"action": f"input_boolean.turn_{word}", "target": {"entity_id": entity_id}},
        }
        for word, trigger in (("on", on), ("off", off))
    ]


ANNAS = {"entity_id": "sensor.anna_presence"}
SWITCH = {"entity_id": "input_boolean.free"}
AUTOMATIONS = [
    *switching("input_boolean.free", {**ANNAS, "to": "available"}, {**ANNAS, "from": "available"}),
    *switching("input_boolean.second", {**SWITCH, "to": "on"}, {**SWITCH, "to": "off"}),
]

CHASING = """
name: Chasing
people: [anna]
when: {{condition: state, entity_id: {entity}, state: "{state}"}}
presence: busy
"""


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {CONF_RICH_PRESENCE: True}


@pytest.fixture
def cup_configuration() -> Configuration:
    return Configuration(
        domain="example.com",
        application_users={"hass": ApplicationUser(PASSWORD)},
        people=(
            ConfiguredPerson("anna", "Anna", Status(Presence.AVAILABLE)),
            ConfiguredPerson("ben", "Ben", Status(Presence.AVAILABLE)),
            ConfiguredPerson("clara", "Clara", Status(Presence.AVAILABLE)),
            ConfiguredPerson("dora", "Dora", Status(Presence.AVAILABLE)),
            ConfiguredPerson("watcher", "Watcher"),
        ),
    )


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return [
        person("anna", controlled=True),
        person("ben", controlled=True),
        person("clara"),
        person("dora", controlled=True),
        group("Team", "anna"),
    ]


@pytest.fixture
async def others(hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup) -> None:
    """Add entities of other integrations that follow from Anna's presence."""
    switches = {name: {"initial": True} for name in ("free", "second")}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": switches})
    assert await async_setup_component(hass, "template", {"template": TEMPLATE})
    assert await async_setup_component(hass, "automation", {"automation": AUTOMATIONS})
    await settled(cup)


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize(
    "entity",
    [FREE, "input_boolean.free", "input_boolean.second", "binary_sensor.team_anyone_available"],
)
async def test_a_loop_is_found_through_what_follows_from_the_presence(
    hass: HomeAssistant, cup: Cup, freezer: FrozenDateTimeFactory, entity: str
) -> None:
    await use_rules(hass, cup, CHASING.format(entity=entity, state="on"))
    await pass_time(freezer, cup, 5)
    assert issues(hass)["rule_loop_chasing"] == {
        "rule": "Chasing",
        "person": "Anna",
        "entities": entity,
    }


@pytest.mark.parametrize("follows", [True, False])
async def test_a_rule_that_reads_whether_it_holds_is_found(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, *, follows: bool
) -> None:
    anna = (loaded.entry_id, "anna@example.com")
    async_rule_engine(hass).pauses.async_set_follows_rules(anna, follows=follows)
    active = {"condition": "state", "entity_id": "binary_sensor.desk_active", "state": "off"}
    added = add_rule(hass, loaded, people=["anna"], when=[active])
    await settled(cup)
    assert f"rule_loop_{added.subentry_id}" in issues(hass)


async def test_a_halted_rule_is_not_evaluated_for_who_joins_until_it_is_changed(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    when = "{{ person.name != '' and is_state('binary_sensor.desk_active', 'off') }}"
    added = add_rule(hass, loaded, people=["team"], when=[when])
    await settled(cup)
    assert f"rule_loop_{added.subentry_id}" in issues(hass)
    changes = async_capture_events(hass, "state_changed")
    (team,) = (each for each in loaded.subentries.values() if each.title == "Team")
    members = {**team.data, "people": ["anna", "ben"]}
    hass.config_entries.async_update_subentry(loaded, team, data=members)
    await settled(cup)
    states = [each.data["new_state"] for each in changes]
    active = [each.state for each in states if each.entity_id == "binary_sensor.desk_active"]
    # Its attributes name the people it is about.
    assert len(set(active)) == 1
    calm = {**added.data, "when": ["{{ person.name == 'Ben' }}"]}
    hass.config_entries.async_update_subentry(loaded, added, data=calm)
    await settled(cup)
    assert hass.states.is_state("binary_sensor.desk_active", "on")


@pytest.mark.usefixtures("loaded")
async def test_two_rules_that_look_at_each_other_by_way_of_two_people(
    hass: HomeAssistant, cup: Cup, freezer: FrozenDateTimeFactory
) -> None:
    await use_rules(
        hass,
        cup,
        """
- name: First
  people: [anna]
  when: {condition: state, entity_id: sensor.ben_presence, state: available}
  presence: busy
- name: Second
  people: [ben]
  when: {condition: state, entity_id: sensor.anna_presence, state: busy}
  presence: away
""",
    )
    await pass_time(freezer, cup, 5)
    assert {"rule_loop_first", "rule_loop_second"} & issues(hass).keys()


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("user", ["ben", "clara"])
async def test_someone_who_changes_often_is_no_loop(
    hass: HomeAssistant, cup: Cup, freezer: FrozenDateTimeFactory, user: str
) -> None:
    await use_rules(hass, cup, CHASING.format(entity=f"sensor.{user}_presence", state="away"))
    for presence in ("AWAY", "AVAILABLE") * 2:
        await cup.choose(user, presence, manual=False)
        await pass_time(freezer, cup, 15)
    assert "rule_loop_chasing" not in issues(hass)


@pytest.mark.usefixtures("loaded")
async def test_someone_who_calls_often_is_no_loop_though_an_automation_waits(
    hass: HomeAssistant, cup: Cup, freezer: FrozenDateTimeFactory
) -> None:
    on_the_phone = "'on_the_phone' in state_attr('sensor.anna_presence_source', 'own_activities')"
    called = switching(
        "input_boolean.called",
        {"trigger": "template", "value_template": f"{{{{ {on_the_phone} }}}}"},
        {"trigger": "template", "value_template": f"{{{{ not {on_the_phone} }}}}"},
    )
    for each in called:
        each["actions"] = [{"delay": 5}, each["actions"]]
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"called": {"initial": False}}}
    )
    assert await async_setup_component(hass, "automation", {"automation": called})
    await use_rules(hass, cup, CHASING.format(entity="input_boolean.called", state="on"))
    for activities in (["on-the-phone"], []) * 3:
        await cup.choose("anna", "AVAILABLE", activities=activities, manual=False)
        await pass_time(freezer, cup, 5)
        await pass_time(freezer, cup, 5)
        state = hass.states.get("input_boolean.called")
        assert state
        assert state.state == ("on" if activities else "off")
    assert "rule_loop_chasing" not in issues(hass)


def setting(user: str, action: str, **trigger: Any) -> dict[str, Any]:
    """Return an automation that sets a person Away, or clears that, when this happens."""
    data = {"presence": "away"} if action == "set_presence" else {}
    return {
        "alias": f"{action} {user}",
        "triggers": {"trigger": "state", **trigger},
        "actions": {
            "action": f"cisco_unified_presence.{action}",
            "target": {"entity_id": f"sensor.{user}_presence"},
            "data": data,
        },
    }


def following(user: str, other: str, word: str) -> list[dict[str, Any]]:
    """Return automations by which a person is Away while another has a presence."""
    entity_id = f"sensor.{other}_presence"
    return [
        setting(user, "set_presence", entity_id=entity_id, to=word),
        setting(user, "clear_presence", entity_id=entity_id, **{"from": word}),
    ]


FOLLOWS_BEN = {"entity": "sensor.ben_presence", "state": "available"}


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    "automations",
    [
        following("ben", "anna", "busy"),
        [*following("dora", "anna", "busy"), *following("ben", "dora", "away")],
    ],
)
async def test_a_loop_is_found_through_what_an_automation_sets(
    hass: HomeAssistant, cup: Cup, freezer: FrozenDateTimeFactory, automations: list[dict[str, Any]]
) -> None:
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await use_rules(hass, cup, CHASING.format(**FOLLOWS_BEN))
    await pass_time(freezer, cup, 5)
    assert issues(hass)["rule_loop_chasing"] == {
        "rule": "Chasing",
        "person": "Anna",
        "entities": "sensor.ben_presence",
    }
    changes = async_capture_events(hass, "state_changed")
    await pass_time(freezer, cup, 60)
    assert not [each for each in changes if each.data["entity_id"] == "sensor.anna_presence"]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("by_automation", [False, True])
async def test_someone_who_is_set_often_is_no_loop(
    hass: HomeAssistant, cup: Cup, freezer: FrozenDateTimeFactory, *, by_automation: bool
) -> None:
    desk = {"entity_id": "binary_sensor.desk"}
    automations = [
        setting("ben", "set_presence", **desk, to="on"),
        setting("ben", "clear_presence", **desk, to="off"),
    ]
    if by_automation:
        assert await async_setup_component(hass, "automation", {"automation": automations})
    await use_rules(hass, cup, CHASING.format(entity="sensor.ben_presence", state="away"))
    for state in ("on", "off") * 3:
        if by_automation:
            hass.states.async_set("binary_sensor.desk", state)
        else:
            option = "away" if state == "on" else "automatic"
            await hass.services.async_call(
                "select",
                "select_option",
                {"entity_id": "select.ben_set_presence", "option": option},
                blocking=True,
            )
        await pass_time(freezer, cup, 15)
        assert await cup.presence_of("anna") == ("BUSY" if state == "on" else "AVAILABLE")
    assert "rule_loop_chasing" not in issues(hass)


@pytest.mark.usefixtures("loaded")
async def test_a_rule_that_follows_another_persons_rule_is_no_loop(
    hass: HomeAssistant, cup: Cup, freezer: FrozenDateTimeFactory
) -> None:
    await use_rules(
        hass,
        cup,
        """
- name: Chasing
  people: [anna]
  when: {condition: state, entity_id: sensor.ben_presence, state: away}
  presence: busy
- name: Desk
  people: [ben]
  when: {condition: state, entity_id: binary_sensor.desk, state: "on"}
  presence: away
""",
    )
    for state in ("on", "off") * 2:
        hass.states.async_set("binary_sensor.desk", state)
        await pass_time(freezer, cup, 15)
    assert "rule_loop_chasing" not in issues(hass)


@pytest.mark.usefixtures("loaded")
async def test_a_loop_goes_on_by_time(
    hass: HomeAssistant, cup: Cup, freezer: FrozenDateTimeFactory
) -> None:
    await use_rules(
        hass,
        cup,
        """
- name: First
  people: [anna]
  when: {condition: state, entity_id: sensor.ben_presence, state: available}
  for: 4
  presence: busy
- name: Second
  people: [ben]
  when: {condition: state, entity_id: sensor.anna_presence, state: busy}
  for: 4
  hold: 4
  presence: away
""",
    )
    for _ in range(10):
        await pass_time(freezer, cup, 4)
    assert {"rule_loop_first", "rule_loop_second"} & issues(hass).keys()


OWN_IS_AWAY = [
    "{{ person.own == 'away' }}",
    "{{ state_attr('sensor.anna_presence_source', 'own') == 'away' }}",
]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("when", OWN_IS_AWAY)
@pytest.mark.parametrize("insist", [False, True])
async def test_a_rule_over_a_choice_by_hand_does_not_chase_itself(
    hass: HomeAssistant, cup: Cup, freezer: FrozenDateTimeFactory, when: str, *, insist: bool
) -> None:
    insists = str(insist).lower()
    rule = f'{{name: Own, people: [anna], when: "{when}", presence: busy, insist: {insists}}}'
    await use_rules(hass, cup, rule)
    await cup.choose("anna", "AWAY")
    await pass_time(freezer, cup, 5)
    assert await cup.presence_of("anna") == "BUSY"

    written = cup.asked("PUT", WRITES)
    for _ in range(12):
        await pass_time(freezer, cup, 10)
        assert await cup.presence_of("anna") == "BUSY"
    assert cup.asked("PUT", WRITES) == written

    await cup.choose("anna", "AVAILABLE")
    await settled(cup)
    await pass_time(freezer, cup, 10)
    assert await cup.presence_of("anna") == "AVAILABLE"
    await cup.choose("anna", "AWAY")
    await settled(cup)
    await pass_time(freezer, cup, 10)
    assert await cup.presence_of("anna") == "BUSY"
    assert "rule_loop_own" not in issues(hass)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("when", OWN_IS_AWAY)
async def test_a_loop_is_found_where_the_own_presence_follows_from_what_is_set(
    hass: HomeAssistant,
    cup: Cup,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
) -> None:
    """As it would at a server whose documents tell less: each is read by itself."""
    after = OwnMemory.after
    monkeypatch.setattr(OwnMemory, "after", lambda _, *document: after(OwnMemory(), *document))
    await use_rules(hass, cup, f'{{name: Own, people: [anna], when: "{when}", presence: busy}}')
    await cup.choose("anna", "AWAY")
    await pass_time(freezer, cup, 5)
    for _ in range(12):
        await pass_time(freezer, cup, 10)
    found = issues(hass)["rule_loop_own"]
    assert found
    assert found["person"] == "Anna"
    assert await cup.presence_of("anna") == "AWAY"

    written = cup.asked("PUT", WRITES)
    await pass_time(freezer, cup, 60)
    assert cup.asked("PUT", WRITES) == written
