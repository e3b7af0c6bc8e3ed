"""Every text that the code asks for is there, and none is left over.

The texts of flows, repairs and rules are checked in the tests of those packages. script/hassfest
compares the languages; Home Assistant's hassfest action checks the schema.
"""

import ast
import json
import re
from typing import Any

import pytest
import yaml

from custom_components.cisco_unified_presence.actions import SET_PRESENCE_SCHEMA
from custom_components.cisco_unified_presence.arbitration import Source
from custom_components.cisco_unified_presence.binary_sensor import (
    ACTIVITIES,
    ALL_BUSY,
    ANYONE_AVAILABLE,
    ATTR_PAUSED,
    ATTR_PAUSED_UNTIL,
    ATTR_PEOPLE,
    ATTR_PRESENCE,
    ATTR_REASON,
    ATTR_RESTS_FOR,
    ATTR_SINCE,
    ATTR_UNTIL,
    ATTR_WINS_FOR,
    CONNECTED,
    RULE_HOLDS,
)
from custom_components.cisco_unified_presence.const import (
    CONF_CONTACT,
    SUBENTRY_GROUP,
    SUBENTRY_PERSON,
    SUBENTRY_RULE,
    Channel,
    ManualDuration,
)
from custom_components.cisco_unified_presence.control.losses import LossIssue
from custom_components.cisco_unified_presence.entities import RULE_STATUS, RULE_TIME_WON, RULE_WINS
from custom_components.cisco_unified_presence.issues import FIXABLE, PersonIssue, VoiceIssue
from custom_components.cisco_unified_presence.requested_presence import IMPOSSIBLE
from custom_components.cisco_unified_presence.rules.issues import CONFIRMED, RuleIssue
from custom_components.cisco_unified_presence.select import AUTOMATIC, PRESENCE_DURATION
from custom_components.cisco_unified_presence.sensor import (
    ATTR_DEVICES,
    ATTR_NOTE,
    GROUP_AVAILABLE,
    GROUP_AVAILABLE_PEOPLE,
    LAST_NOTIFICATION,
    PRESENCE,
    PRESENCE_SOURCE,
    REASON,
    STATUS_MESSAGE,
    UPDATE_CHANNEL,
)
from custom_components.cisco_unified_presence.states import STATES
from custom_components.cisco_unified_presence.switch import DO_NOT_DISTURB, FOLLOW_RULES, RULE

from .common.client_errors import EXPLAINED, EXPLAINED_OF_CONTACT_SERVICE
from .common.source_code import MODULES, calls, keyword, literals
from .common.texts import ALL_TEXTS, FOLDER, TEXTS, placeholders_in

SERVICES: dict[str, Any] = yaml.safe_load((FOLDER / "services.yaml").read_text())
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text())


def exceptions_in_code() -> dict[str, set[str]]:
    """Return which exceptions the code raises by name, and what it names in them."""
    found: dict[str, set[str]] = {}
    for call in calls("invalid"):
        for key in literals(call.args[0]):
            found[key] = {str(each.arg) for each in call.keywords}
    for call in calls("async_for_each"):
        found |= {key: {"failures"} for key in literals(call.args[3])}
    for name in ("HomeAssistantError", "ServiceValidationError"):
        for call in calls(name):
            placeholders = keyword(call, "translation_placeholders")
            named = literals(placeholders) if isinstance(placeholders, ast.Dict) else set()
            if isinstance(placeholders, ast.Dict):
                named = {str(ast.literal_eval(key)) for key in placeholders.keys if key}
            for key in literals(keyword(call, "translation_key")):
                found[key] = named
    return found | {key: set() for key in IMPOSSIBLE}


def test_every_exception_has_its_text_and_what_it_names() -> None:
    raised = exceptions_in_code()
    explained = EXPLAINED | EXPLAINED_OF_CONTACT_SERVICE
    assert TEXTS["exceptions"].keys() == raised.keys() | explained
    for key, named in raised.items():
        assert placeholders_in(TEXTS["exceptions"][key]["message"]) == named, key


FIX_FLOWS = {
    *FIXABLE,
    *CONFIRMED,
    *LossIssue,
    *VoiceIssue,
    PersonIssue.STOOD_BACK,
    RuleIssue.RULE_ENTITY_RENAMED,
}


def test_every_issue_has_its_texts() -> None:
    for issue, texts in TEXTS["issues"].items():
        assert texts.keys() == {
            "title",
            "fix_flow" if issue in FIX_FLOWS else "description",
        }


def test_every_line_of_the_system_s_health_has_its_text() -> None:
    (lines,) = (
        each
        for each in ast.walk(MODULES["system_health.py"])
        if isinstance(each, ast.Dict) and "node" in literals(each)
    )
    keys = {str(ast.literal_eval(key)) for key in lines.keys if key}
    assert TEXTS["system_health"]["info"].keys() == keys


def test_the_example_of_an_action_is_accepted() -> None:
    fields = SERVICES["set_presence"]["fields"]
    examples = {field: described["example"] for field, described in fields.items()}
    accepted = SET_PRESENCE_SCHEMA({"entity_id": "sensor.anna_presence", **examples})
    assert examples.keys() <= accepted.keys()


def test_every_entity_has_its_texts_and_icons() -> None:
    sensors = TEXTS["entity"]["sensor"]
    of_groups = {GROUP_AVAILABLE, GROUP_AVAILABLE_PEOPLE}
    of_people = {PRESENCE, PRESENCE_SOURCE, REASON, STATUS_MESSAGE}
    of_rules = {f"{yaml}{key}" for yaml in ("", "yaml_") for key in (RULE_WINS, RULE_TIME_WON)}
    statuses = {RULE_STATUS, f"yaml_{RULE_STATUS}"}
    keys = of_groups | of_people | of_rules | statuses | {LAST_NOTIFICATION, UPDATE_CHANNEL}
    assert all(sensors[key]["state_attributes"].keys() == {ATTR_PEOPLE} for key in of_rules)
    assert sensors.keys() == ICONS["entity"]["sensor"].keys() == keys
    binary_sensors = TEXTS["entity"]["binary_sensor"]
    of_rules = {RULE_HOLDS, f"yaml_{RULE_HOLDS}"}
    of_groups = {ALL_BUSY, ANYONE_AVAILABLE}
    keys = {CONNECTED, *(each.key for each in ACTIVITIES)} | of_rules | of_groups
    assert binary_sensors.keys() == ICONS["entity"]["binary_sensor"].keys() == keys
    assert binary_sensors[CONNECTED]["state_attributes"].keys() == {ATTR_REASON}
    for key in of_rules:
        assert binary_sensors[key]["state_attributes"].keys() == {
            ATTR_PAUSED,
            ATTR_PAUSED_UNTIL,
            ATTR_PEOPLE,
            ATTR_PRESENCE,
            ATTR_RESTS_FOR,
            ATTR_SINCE,
            ATTR_UNTIL,
            ATTR_WINS_FOR,
        }
    switches = TEXTS["entity"]["switch"].keys()
    keys = {DO_NOT_DISTURB, FOLLOW_RULES, RULE, f"yaml_{RULE}"}
    assert switches == ICONS["entity"]["switch"].keys() == keys
    assert set(sensors[PRESENCE]["state"]) == set(STATES.values())
    assert sensors[PRESENCE]["state_attributes"].keys() == {
        CONF_CONTACT,
        ATTR_DEVICES,
        ATTR_NOTE,
        ATTR_SINCE,
    }
    assert set(ICONS["entity"]["sensor"][PRESENCE]["state"]) == set(STATES.values())
    assert set(sensors[UPDATE_CHANNEL]["state"]) == set(Channel)
    assert set(sensors[PRESENCE_SOURCE]["state"]) == set(Source)
    assert set(ICONS["entity"]["sensor"][PRESENCE_SOURCE]["state"]) == set(Source)
    selects = TEXTS["entity"]["select"]
    assert selects.keys() == ICONS["entity"]["select"].keys() == {PRESENCE, PRESENCE_DURATION}
    assert selects[PRESENCE]["state"].keys() == {AUTOMATIC, *STATES.values()}
    assert ICONS["entity"]["select"][PRESENCE]["state"].keys() == selects[PRESENCE]["state"].keys()
    assert set(selects[PRESENCE_DURATION]["state"]) == set(ManualDuration)
    assert TEXTS["entity"]["text"].keys() == ICONS["entity"]["text"].keys() == {STATUS_MESSAGE}
    assert set(ICONS["entity"]["sensor"][UPDATE_CHANNEL]["state"]) <= set(Channel)


def test_the_same_word_is_the_same_everywhere() -> None:
    words = TEXTS["entity"]["sensor"][PRESENCE]["state"]
    assert TEXTS["selector"]["presence"]["options"] == words
    assert TEXTS["entity"]["select"][PRESENCE]["state"].items() >= words.items()
    for key in (RULE_HOLDS, f"yaml_{RULE_HOLDS}"):
        attributes = TEXTS["entity"]["binary_sensor"][key]["state_attributes"]
        assert attributes[ATTR_PRESENCE]["state"].items() >= words.items()


def test_people_and_rules_have_a_name_and_a_button_each() -> None:
    assert TEXTS["config_subentries"].keys() == {
        SUBENTRY_GROUP,
        SUBENTRY_PERSON,
        SUBENTRY_RULE,
    }
    for texts in TEXTS["config_subentries"].values():
        assert texts["initiate_flow"].keys() == {"user", "reconfigure"}
        assert texts["entry_type"]


# The board's words and parts of sentences, without its problems and what is said when it is empty.
BOARD_LABEL = re.compile(
    r"config_panel\.board\.(?!problem|nobody$|nobody_selected|no_rules|no_decisions|.*\.description)"
)


@pytest.mark.parametrize(
    "place",
    [place for place in ALL_TEXTS if not re.search(r"\.(name|title|state|options|submit)", place)],
)
def test_a_sentence_ends(place: str) -> None:
    # Explanations are put together from clauses.
    parts = (".data.", ".menu_options.", ".initiate_flow.", ".entry_type", "health.info.")
    exempt = (*parts, "config_panel.explanation.", "config_panel.conditions.", "panel.rule.")
    if any(part in place for part in exempt) or BOARD_LABEL.match(place):
        return
    assert ALL_TEXTS[place][-1] in ".?!}`" or place.endswith("data_description.people")
