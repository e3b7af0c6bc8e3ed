"""The rules in real YAML files: what is wrong is said with file and line, and the rest is taken."""

from collections.abc import Mapping
from pathlib import Path
import textwrap

from homeassistant.config import async_check_ha_config_file as async_check_of_restart
from homeassistant.config import async_hass_config_yaml
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.check_config import async_check_ha_config_file
from homeassistant.setup import async_setup_component
import pytest

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import YAML, async_rule_engine
from custom_components.cisco_unified_presence.rules.directory import PeopleSelection
from custom_components.cisco_unified_presence.rules.yaml_config import YamlRules, read_rules

DESK = """\
  rules:
    - name: Desk
      people: anna
      when: "{{ true }}"
      presence: busy
"""
LUNCH = """\
- name: Lunch
  people: [anna, ben]
  when:
    condition: time
    after: "12:00:00"
  presence: away
"""
PROBLEM = "Invalid config for 'cisco_unified_presence' at "


@pytest.fixture(autouse=True)
def _own_folder(hass: HomeAssistant, tmp_path: Path) -> None:
    hass.config.config_dir = str(tmp_path)


def write(hass: HomeAssistant, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = Path(hass.config.path(name))
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def indented(text: str) -> str:
    return textwrap.indent(text, "    ")


async def read(hass: HomeAssistant, text: str, **others: str) -> YamlRules:
    """Return what Home Assistant's own reader and ours make of files on the disk."""
    write(hass, {"configuration.yaml": text, **others})
    return read_rules(hass, await async_hass_config_yaml(hass))


async def test_sound_rules_are_read_in_their_order(hass: HomeAssistant) -> None:
    found = await read(hass, f"{DOMAIN}:\n{DESK}{indented(LUNCH)}")
    assert [rule.name for rule in found.rules] == ["Desk", "Lunch"]
    assert found.problems == ()
    desk, lunch = found.rules
    assert desk.when == ["{{ true }}"]
    assert lunch.when == [{"condition": "time", "after": "12:00:00"}]
    assert lunch.people == PeopleSelection(words=("anna", "ben"))
    # What is stored must be plain.
    assert {type(key) for key in lunch.when[0]} == {str}
    assert type(lunch.when[0]["after"]) is str
    assert type(lunch.when[0]) is dict
    assert type(desk.name) is str


@pytest.mark.parametrize("text", ["", f"{DOMAIN}:\n", f"{DOMAIN}:\n  rules:\n"])
async def test_there_may_be_no_rules(hass: HomeAssistant, text: str) -> None:
    assert await read(hass, text) == YamlRules((), ())


async def test_a_single_rule_needs_no_list(hass: HomeAssistant) -> None:
    found = await read(hass, f"{DOMAIN}:\n{DESK.replace('    - name', '      name')}")
    assert [rule.name for rule in found.rules] == ["Desk"]


async def test_a_bad_rule_is_named_by_file_and_line_and_the_others_are_kept(
    hass: HomeAssistant,
) -> None:
    bad = LUNCH.replace("presence: away", "presence: gone\n  priority: 5000\n  urgent: true")
    found = await read(hass, f"{DOMAIN}:\n{DESK}{indented(bad)}{indented(LUNCH)}")
    assert [rule.name for rule in found.rules] == ["Desk", "Lunch"]
    where = f"{PROBLEM}configuration.yaml, line"
    path = f"{DOMAIN}->rules->1"
    word, number, unknown = sorted(found.problems)
    assert word.startswith(f"{where} 12: ")
    assert word.endswith(f"'{path}->presence', got 'gone'")
    assert number.startswith(f"{where} 13: ")
    assert number.endswith(f"'{path}->priority', got 5000")
    assert unknown.startswith(f"{where} 14: 'urgent' is an invalid option")


@pytest.mark.parametrize("key", ["id", "note", "people"])
async def test_half_a_surrogate_pair_anywhere_in_a_rule_is_refused(
    hass: HomeAssistant, key: str
) -> None:
    """Neither could it be stored, with all other rules, nor shown."""
    bad = f'- name: Lunch\n  {key}: "x\\ud83d"\n'
    found = await read(hass, f"{DOMAIN}:\n{DESK}{indented(bad)}")
    assert [rule.name for rule in found.rules] == ["Desk"]
    (problem,) = found.problems
    where = f"{PROBLEM}configuration.yaml, line 7: "
    assert problem.startswith(f"{where}a text holds half a surrogate pair '{DOMAIN}->rules->1")
    problem.encode()


async def test_what_the_server_would_refuse_is_refused_where_it_stands(
    hass: HomeAssistant,
) -> None:
    bad = DESK.replace("presence: busy", "presence: available\n      override: true")
    (problem,) = (await read(hass, f"{DOMAIN}:\n{bad}")).problems
    assert problem == (
        f"{PROBLEM}configuration.yaml, line 7: available without a note cannot override "
        f"'{DOMAIN}->rules->0->override', got True"
    )


async def test_bad_conditions_are_refused_where_they_stand(hass: HomeAssistant) -> None:
    bad = LUNCH.replace('after: "12:00:00"', "after: noon")
    (problem,) = (await read(hass, f"{DOMAIN}:\n  rules:\n{indented(bad)}")).problems
    assert problem.startswith(f"{PROBLEM}configuration.yaml, line ")
    assert "when" in problem


async def test_a_rule_that_is_no_rule_and_a_key_that_is_unknown_are_said(
    hass: HomeAssistant,
) -> None:
    found = await read(hass, f"{DOMAIN}:\n  rule: 1\n{DESK}    - just a word\n")
    assert [rule.name for rule in found.rules] == ["Desk"]
    unknown, word = found.problems
    assert unknown.startswith(f"{PROBLEM}configuration.yaml, line 2: 'rule' is an invalid option")
    assert word.startswith(f"{PROBLEM}configuration.yaml, line 8: ")
    assert word.endswith(f"'{DOMAIN}->rules->1', got 'just a word'")


async def test_a_block_that_is_none_is_said(hass: HomeAssistant) -> None:
    found = await read(hass, f"{DOMAIN}: [1]\n")
    assert found.rules == ()
    assert len(found.problems) == 1


async def test_names_and_ids_are_unique(hass: HomeAssistant) -> None:
    same_id = LUNCH.replace("name: Lunch", "name: Other\n  id: desk")
    again = DESK.removeprefix("  rules:\n")
    found = await read(hass, f"{DOMAIN}:\n{DESK}{indented(same_id)}{again}")
    assert [rule.id for rule in found.rules] == ["desk"]
    by_id, by_name = found.problems
    assert by_id == (
        f"{PROBLEM}configuration.yaml, line 8: the rule 'Desk' has the id 'desk' too "
        f"'{DOMAIN}->rules->1->id', got 'desk'"
    )
    assert by_name == (
        f"{PROBLEM}configuration.yaml, line 14: another rule has this name "
        f"'{DOMAIN}->rules->2->name', got 'Desk'"
    )


async def test_rules_are_included_from_files(hass: HomeAssistant) -> None:
    bad = LUNCH.replace("presence: away", "presence: gone")
    found = await read(
        hass,
        f"{DOMAIN}:\n  rules: !include_dir_merge_list rules\n",
        **{"rules/a.yaml": LUNCH, "rules/b.yaml": bad.replace("Lunch", "Dinner")},
    )
    assert [rule.name for rule in found.rules] == ["Lunch"]
    (problem,) = found.problems
    assert problem.startswith(f"{PROBLEM}rules/b.yaml, line 6: ")
    found = await read(hass, f"{DOMAIN}: !include presence.yaml\n", **{"presence.yaml": DESK[2:]})
    assert found.problems == ()


async def test_packages_add_rules(hass: HomeAssistant) -> None:
    found = await read(
        hass,
        f"homeassistant:\n  packages: !include_dir_named packages\n{DOMAIN}:\n{DESK}",
        **{
            "packages/lunch.yaml": f"{DOMAIN}:\n  rules:\n{indented(LUNCH)}",
            "packages/bad.yaml": f"{DOMAIN}:\n  rules:\n    - name: Bad\n",
        },
    )
    assert {rule.name for rule in found.rules} == {"Desk", "Lunch"}
    assert found.problems
    assert all(
        each.startswith(f"{PROBLEM}packages/bad.yaml, line 3: required key")
        for each in found.problems
    )


async def test_blocks_with_a_label_of_their_own_add_rules(hass: HomeAssistant) -> None:
    found = await read(hass, f"{DOMAIN}:\n{DESK}{DOMAIN} lunch:\n  rules:\n{indented(LUNCH)}")
    assert {rule.name for rule in found.rules} == {"Desk", "Lunch"}


# Set-up


async def set_up(hass: HomeAssistant, text: str) -> ir.IssueEntry | None:
    """Set the integration up as Home Assistant does at start; return the issue of the rules."""
    write(hass, {"configuration.yaml": text})
    assert await async_setup_component(hass, DOMAIN, await async_hass_config_yaml(hass))
    await hass.async_block_till_done()
    return ir.async_get(hass).async_get_issue(DOMAIN, "rules_invalid")


async def test_a_bad_rule_keeps_neither_integration_nor_other_rules_from_loading(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    bad = LUNCH.replace("presence: away", "presence: gone")
    issue = await set_up(hass, f"{DOMAIN}:\n{DESK}{indented(bad)}")
    assert [rule.name for rule in async_rule_engine(hass).rules_from(YAML)] == ["Desk"]
    where = f"{PROBLEM}configuration.yaml, line 12: "
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["problems"].startswith(f"- {where}")
    logged = [each.message for each in caplog.records if each.levelname == "ERROR"]
    assert len(logged) == 1
    assert logged[0].startswith(where)


async def test_sound_rules_raise_no_issue(hass: HomeAssistant) -> None:
    assert await set_up(hass, f"{DOMAIN}:\n{DESK}") is None


async def test_without_yaml_there_is_an_engine_all_the_same(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    assert async_rule_engine(hass).rules_from(YAML) == ()


BAD = """\
  rules:
    - name: Desk
      people: anna
      when: "{{ true }}"
      presence: bussy
    - name: Lamp
      people: anna
      when: {condition: device, device_id: x, domain: light}
      presence: busy
"""


async def test_check_of_a_running_instance_reports_bad_rules_and_refused_conditions(
    hass: HomeAssistant,
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    write(hass, {"configuration.yaml": f"{DOMAIN}:\n{BAD}"})

    checked = await async_check_ha_config_file(hass)

    assert checked.errors == []
    [warning] = checked.warnings
    assert warning.domain == DOMAIN
    assert f"{PROBLEM}configuration.yaml, line 6: value must be one of" in warning.message
    assert f", got 'bussy'\n{PROBLEM}configuration.yaml, line 9" in warning.message
    # Bad rules keep Home Assistant from nothing.
    assert await async_check_of_restart(hass) is None


async def test_check_by_the_command_reports_bad_rules(hass: HomeAssistant) -> None:
    write(hass, {"configuration.yaml": f"{DOMAIN}:\n{BAD}"})
    hass.set_state(CoreState.not_running)
    checked = await async_check_ha_config_file(hass)
    [warning] = checked.warnings
    assert "line 6" in warning.message
    # It knows no devices.
    assert "line 9" not in warning.message


async def test_start_loads_the_other_rules(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    hass.set_state(CoreState.not_running)
    write(hass, {"configuration.yaml": f"{DOMAIN}:\n{BAD}"})
    assert await async_setup_component(hass, DOMAIN, await async_hass_config_yaml(hass))
    assert [each.name for each in async_rule_engine(hass).rules_from(YAML)] == ["Lamp"]


async def test_check_config_works(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
    write(hass, {"configuration.yaml": f"{DOMAIN}:\n{DESK}"})
    checked = await async_check_ha_config_file(hass)
    assert (checked.errors, checked.warnings) == ([], [])
    assert [rule.name for rule in checked[DOMAIN].rules] == ["Desk"]
