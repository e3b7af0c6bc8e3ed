"""The steps between the form of a rule and its end, and what they show."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import SUBENTRY_RULE
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.flows import Walk
from tests.common.rules import AT_DESK, add_rule

from .rule_walks import ANNA, add, begin, change, choose, fill_in, form


def told(walk: Walk) -> dict[str, str]:
    return dict(walk.result["description_placeholders"])


async def test_a_form_that_is_opened_anew_shows_what_it_showed(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    walk = await begin(hass, loaded)
    suggested = walk.suggested
    assert suggested == {"advanced": {"yields_to": ["as_usual"]}}
    await walk.reopen()
    assert (walk.step, walk.suggested) == ("rule", suggested)
    await walk.fill_in("rule", **form(when=[]))
    typed = walk.suggested
    assert typed == form(when=[])
    await walk.reopen()
    assert (walk.step, walk.suggested, walk.errors) == ("rule", typed, {})

    await walk.fill_in("rule", **form())
    before = told(walk)
    await walk.reopen()
    assert (walk.step, told(walk)) == ("preview", before)
    await walk.choose("preview", "edit")
    assert (walk.step, walk.suggested) == ("rule", form())


@pytest.mark.parametrize(("option", "name"), [("change", "Desk"), ("duplicate", "Desk (copy)")])
async def test_the_form_of_a_stored_rule_can_be_opened_anew(
    hass: HomeAssistant, loaded: MockConfigEntry, option: str, name: str
) -> None:
    await add(hass, loaded)
    walk = await choose(hass, loaded, option)
    suggested = walk.suggested
    assert suggested["name"] == name
    await walk.reopen()
    assert walk.suggested == suggested


async def test_a_rule_s_menu_says_which_rule_and_offers_the_other_switch(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    rule = add_rule(hass, loaded, "*Desk*")
    await hass.async_block_till_done()
    walk = await choose(hass, loaded, "turn_off")
    assert walk.aborted == "turned_off"
    result = await loaded.start_subentry_reconfigure_flow(hass, rule.subentry_id)
    assert result["menu_options"] == ["change", "duplicate", "turn_on"]
    assert result["description_placeholders"] == {"rule": r"\*Desk\*"}
    await async_rule_engine(hass).async_set_enabled(rule.subentry_id, enabled=True)
    result = await loaded.start_subentry_reconfigure_flow(hass, rule.subentry_id)
    assert result["menu_options"] == ["change", "duplicate", "turn_off"]
    # Without an engine that runs the rule there is no switch.
    await hass.config_entries.async_unload(loaded.entry_id)
    result = await loaded.start_subentry_reconfigure_flow(hass, rule.subentry_id)
    assert result["menu_options"] == ["change", "duplicate"]


async def test_what_the_form_and_the_preview_tell(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    walk = await begin(hass, loaded)
    assert told(walk) == {
        "example_note": "{{ event.summary }}",
        "example_end": "{{ event.end }}",
        "priorities": "none",
    }
    await walk.fill_in("rule", **form(name="_Desk_"))
    assert walk.result["menu_options"] == ["save", "edit"]
    assert told(walk)["rule"] == r"\_Desk\_"


@pytest.mark.parametrize(("count", "is_cut"), [(10, False), (11, True)])
async def test_ten_priorities_of_other_rules_are_told(
    hass: HomeAssistant, loaded: MockConfigEntry, *, count: int, is_cut: bool
) -> None:
    for number in range(count):
        add_rule(hass, loaded, f"Rule {number}", priority=-number)
    await hass.async_block_till_done()
    named = [f"Rule {number} ({-number})" for number in range(10)]
    assert told(await begin(hass, loaded))["priorities"] == ", ".join(named + ["…"] * is_cut)


async def test_a_copy_is_a_rule_with_an_id_of_its_name(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    await add(hass, loaded)
    walk = await choose(hass, loaded, "duplicate")
    # The original is one of the others.
    assert told(walk)["priorities"] == "Desk (0)"
    await fill_in(hass, walk, **{**walk.suggested, "name": "Elsewhere"})
    assert walk.aborted == "duplicated"
    original, copy = loaded.get_subentries_of_type(SUBENTRY_RULE)
    assert (copy.title, copy.unique_id) == ("Rule: Elsewhere", "rule_elsewhere")
    assert copy.data == {**original.data, "name": "Elsewhere"}
    assert original.unique_id == "rule_desk"


async def test_another_flow_may_take_the_name_while_the_preview_is_shown(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    walk = await begin(hass, loaded)
    await walk.fill_in("rule", **form())
    await add(hass, loaded)
    await walk.choose("preview", "save")
    assert walk.errors == {"name": "name_taken"}
    assert walk.suggested == form()
    assert len(list(loaded.get_subentries_of_type(SUBENTRY_RULE))) == 1


async def test_a_rule_may_be_changed_without_another_name(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    await add(hass, loaded)
    walk = await change(hass, loaded)
    await fill_in(hass, walk, **{**walk.suggested, "when": [{**AT_DESK, "state": "off"}]})
    (rule,) = loaded.get_subentries_of_type(SUBENTRY_RULE)
    assert rule.data["when"] == [{**AT_DESK, "state": "off"}]
    assert rule.data["people"] == [ANNA]
