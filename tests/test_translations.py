"""Every text that the code asks for is there, and none is left over.

What can be told from the files alone is checked by hassfest.
"""

import ast
from collections.abc import Iterator
import json
import re
from typing import Any

from homeassistant.helpers.selector import SelectSelector
import pytest
import voluptuous as vol
import yaml

from custom_components.cisco_unified_presence.arbitration import Source
from custom_components.cisco_unified_presence.binary_sensor import (
    ACTIVITIES,
    ATTR_PEOPLE,
    ATTR_PRESENCE,
    ATTR_REASON,
    ATTR_SINCE,
    ATTR_UNTIL,
    ATTR_WINS_FOR,
    CONNECTED,
    RULE_HOLDS,
)
from custom_components.cisco_unified_presence.config_flow import CupConfigFlow
from custom_components.cisco_unified_presence.const import (
    CONF_CONTACT,
    SUBENTRY_PERSON,
    SUBENTRY_RULE,
    Channel,
)
from custom_components.cisco_unified_presence.error_messages import explain
from custom_components.cisco_unified_presence.flows import CALLBACK_SCHEMA
from custom_components.cisco_unified_presence.flows.forms import (
    ACCOUNT_SCHEMA,
    ADVANCED_SCHEMA,
    SERVER_SCHEMA,
    WATCHER_SCHEMA,
)
from custom_components.cisco_unified_presence.flows.options import OPTIONS_SCHEMA, CupOptionsFlow
from custom_components.cisco_unified_presence.flows.people import (
    PEOPLE_SCHEMA,
    PERSON_SCHEMA,
    PersonFlow,
    contacts_schema,
)
from custom_components.cisco_unified_presence.flows.rules import RULE_FORM, RuleFlow
from custom_components.cisco_unified_presence.issues import FIXABLE, Issue, PersonIssue
from custom_components.cisco_unified_presence.repairs import FLOWS as REPAIRS
from custom_components.cisco_unified_presence.requested_presence import IMPOSSIBLE
from custom_components.cisco_unified_presence.rules.issues import RuleIssue
from custom_components.cisco_unified_presence.select import AUTOMATIC
from custom_components.cisco_unified_presence.sensor import (
    ATTR_DEVICES,
    ATTR_NOTE,
    LAST_NOTIFICATION,
    PRESENCE,
    PRESENCE_SOURCE,
    STATUS_MESSAGE,
    UPDATE_CHANNEL,
)
from custom_components.cisco_unified_presence.services import SET_PRESENCE_SCHEMA
from custom_components.cisco_unified_presence.states import STATES
from custom_components.cisco_unified_presence.switch import DO_NOT_DISTURB, RULE

from .common.flows import FOLDER, TEXTS, check_fields, placeholders_in
from .test_error_messages import EXAMPLES

SERVICES: dict[str, Any] = yaml.safe_load((FOLDER / "services.yaml").read_text())
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text())
MODULES = {path.name: ast.parse(path.read_text()) for path in FOLDER.glob("*.py")}
NOTHING = vol.Schema({})

# What each step asks for. Steps that show nothing have no texts.
CONFIG_STEPS = {
    "user": SERVER_SCHEMA,
    "reconfigure": SERVER_SCHEMA,
    "reauth_confirm": ACCOUNT_SCHEMA,
    "certificate": NOTHING,
    "certificate_changed": NOTHING,
    "watcher": WATCHER_SCHEMA,
    "domain": NOTHING,
}
PERSON_STEPS = {
    "user": PEOPLE_SCHEMA,
    "contacts": contacts_schema({}, ""),
    "unknown": NOTHING,
    "reconfigure": PERSON_SCHEMA,
}
RULE_STEPS = {"user": RULE_FORM, "reconfigure": RULE_FORM}
OPTION_STEPS = {"init": OPTIONS_SCHEMA}
WITHOUT_A_FORM = {"reauth", "finish", "add"}

PERSON_TEXTS = TEXTS["config_subentries"][SUBENTRY_PERSON]
RULE_TEXTS = TEXTS["config_subentries"][SUBENTRY_RULE]
FLOWS = [
    (RuleFlow, RULE_STEPS, RULE_TEXTS),
    (CupConfigFlow, CONFIG_STEPS, TEXTS["config"]),
    (PersonFlow, PERSON_STEPS, PERSON_TEXTS),
    (CupOptionsFlow, OPTION_STEPS, TEXTS["options"]),
]


def texts_in(tree: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Walk through all texts with their places."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from texts_in(value, (*path, key))
    else:
        assert isinstance(tree, str), path
        yield ".".join(path), tree


ALL_TEXTS = dict(texts_in(TEXTS))


def calls(name: str, *modules: str) -> Iterator[ast.Call]:
    """Walk through the calls of a function or method of this name."""
    for module in modules or MODULES:
        for node in ast.walk(MODULES[module]):
            if isinstance(node, ast.Call) and name == _last_name(node.func):
                yield node


def _last_name(function: ast.expr) -> str:
    return ast.unparse(function).rpartition(".")[2]


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def literals(node: ast.AST | None) -> set[str]:
    """Return the texts in a piece of code that look like keys."""
    found = ast.walk(node) if node else ()
    constants = (each.value for each in found if isinstance(each, ast.Constant))
    return {each for each in constants if isinstance(each, str) and re.fullmatch("[a-z_]+", each)}


@pytest.mark.parametrize(("flow", "steps", "texts"), FLOWS)
def test_every_step_and_field_has_its_texts(
    flow: type, steps: dict[str, vol.Schema], texts: dict[str, Any]
) -> None:
    methods = {
        name.removeprefix("async_step_") for name in vars(flow) if name.startswith("async_step_")
    }
    assert texts["step"].keys() == steps.keys() == methods - WITHOUT_A_FORM
    for step, schema in steps.items():
        check_fields(schema, texts["step"][step])
        fields = {"data", "data_description", "sections"}
        allowed = {"title", "description", "submit", "menu_options"} | fields
        assert texts["step"][step].keys() <= allowed, step


EXPLAINED = {explain(error).key for error in EXAMPLES}


def test_every_error_of_a_form_has_its_text() -> None:
    assert TEXTS["config"]["error"].keys() == EXPLAINED | {"invalid_host"}
    typed = {"bad_person", "already_added", "nobody"}
    assert PERSON_TEXTS["error"].keys() == EXPLAINED | typed
    of_rules = literals(MODULES["rule_flow.py"]) & RULE_TEXTS["error"].keys()
    assert RULE_TEXTS["error"].keys() == of_rules | IMPOSSIBLE.keys()
    assert TEXTS["options"]["error"].keys() == {"callback_url_not_http"}
    assert typed <= literals(MODULES["person_flow.py"])
    assert "invalid_host" in literals(MODULES["config_flow.py"])
    assert "callback_url_not_http" in literals(MODULES["callback_form.py"])


@pytest.mark.parametrize(
    ("module", "texts"), [("config_flow.py", TEXTS["config"]), ("person_flow.py", PERSON_TEXTS)]
)
def test_every_end_of_a_flow_has_its_text(module: str, texts: dict[str, Any]) -> None:
    ends = {
        *(
            key
            for call in calls("async_abort", module)
            for key in literals(keyword(call, "reason"))
        ),
        *(key for call in calls("AbortFlow", module) for key in literals(call.args[0])),
        # Home Assistant's own: _async_abort_entries_match.
        *("already_configured" for _ in calls("_async_abort_entries_match", module)),
    }
    assert ends == texts["abort"].keys()


def exceptions_in_code() -> dict[str, set[str]]:
    """Return which exceptions the code raises by name, and what it names in them."""
    found: dict[str, set[str]] = {}
    for call in calls("invalid"):
        for key in literals(call.args[0]):
            found[key] = {str(each.arg) for each in call.keywords}
    for call in calls("_async_for_each", "services.py"):
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
    assert TEXTS["exceptions"].keys() == raised.keys() | EXPLAINED
    for key, named in raised.items():
        assert placeholders_in(TEXTS["exceptions"][key]["message"]) == named, key


def test_every_issue_has_its_texts() -> None:
    assert TEXTS["issues"].keys() == {*Issue, *PersonIssue, *RuleIssue}
    for issue, texts in TEXTS["issues"].items():
        assert texts.keys() == {"title", "fix_flow" if issue in FIXABLE else "description"}


@pytest.mark.parametrize("issue", sorted(FIXABLE))
def test_every_repair_has_its_texts(issue: Issue) -> None:
    texts = TEXTS["issues"][issue]["fix_flow"]
    assert texts.keys() <= {"step", "error", "abort"}
    module = REPAIRS[issue].__module__.rpartition(".")[2] + ".py"
    step = literals(MODULES[module]) & {"callback", "confirm", "init"} or {"confirm"}
    assert texts["step"].keys() == step
    for name, each in texts["step"].items():
        check_fields(CALLBACK_SCHEMA if name == "callback" else NOTHING, each)
    said = literals(MODULES[module])
    assert set(texts.get("abort", {})) | set(texts.get("error", {})) <= said | {
        "callback_url_not_http"
    }


def test_every_line_of_the_system_s_health_has_its_text() -> None:
    (told,) = (
        each
        for each in ast.walk(MODULES["system_health.py"])
        if isinstance(each, ast.Dict) and "node" in literals(each)
    )
    keys = {str(ast.literal_eval(key)) for key in told.keys if key}
    assert TEXTS["system_health"]["info"].keys() == keys


def test_every_choice_has_its_text() -> None:
    choices = {
        value.config["translation_key"]: set(value.config["options"])
        for schema in (SERVER_SCHEMA, ADVANCED_SCHEMA, OPTIONS_SCHEMA, RULE_FORM)
        for value in schema.schema.values()
        if isinstance(value, SelectSelector)
    }
    for field in SERVICES["set_presence"]["fields"].values():
        if select := field["selector"].get("select"):
            choices[select["translation_key"]] = set(select["options"])
    assert choices == {key: set(texts["options"]) for key, texts in TEXTS["selector"].items()}
    assert choices["presence"] == set(STATES.values())


def test_the_example_of_an_action_is_accepted() -> None:
    fields = SERVICES["set_presence"]["fields"]
    examples = {field: described["example"] for field, described in fields.items()}
    accepted = SET_PRESENCE_SCHEMA({"entity_id": "sensor.anna_presence", **examples})
    assert examples.keys() <= accepted.keys()


def test_every_entity_has_its_texts_and_icons() -> None:
    sensors = TEXTS["entity"]["sensor"]
    keys = {LAST_NOTIFICATION, PRESENCE, PRESENCE_SOURCE, STATUS_MESSAGE, UPDATE_CHANNEL}
    assert sensors.keys() == ICONS["entity"]["sensor"].keys() == keys
    binary_sensors = TEXTS["entity"]["binary_sensor"]
    of_rules = {RULE_HOLDS, f"yaml_{RULE_HOLDS}"}
    keys = {CONNECTED, *(each.key for each in ACTIVITIES)} | of_rules
    assert binary_sensors.keys() == ICONS["entity"]["binary_sensor"].keys() == keys
    assert binary_sensors[CONNECTED]["state_attributes"].keys() == {ATTR_REASON}
    for key in of_rules:
        assert binary_sensors[key]["state_attributes"].keys() == {
            ATTR_PEOPLE,
            ATTR_PRESENCE,
            ATTR_SINCE,
            ATTR_UNTIL,
            ATTR_WINS_FOR,
        }
    switches = TEXTS["entity"]["switch"].keys()
    assert switches == ICONS["entity"]["switch"].keys() == {DO_NOT_DISTURB, RULE, f"yaml_{RULE}"}
    assert set(sensors[PRESENCE]["state"]) == set(STATES.values())
    assert sensors[PRESENCE]["state_attributes"].keys() == {
        CONF_CONTACT,
        ATTR_DEVICES,
        ATTR_NOTE,
    }
    assert set(ICONS["entity"]["sensor"][PRESENCE]["state"]) == set(STATES.values())
    assert set(sensors[UPDATE_CHANNEL]["state"]) == set(Channel)
    assert set(sensors[PRESENCE_SOURCE]["state"]) == set(Source)
    assert set(ICONS["entity"]["sensor"][PRESENCE_SOURCE]["state"]) == set(Source)
    select = TEXTS["entity"]["select"][PRESENCE]["state"]
    assert select.keys() == {AUTOMATIC, *STATES.values()}
    assert ICONS["entity"]["select"][PRESENCE]["state"].keys() == select.keys()
    assert set(ICONS["entity"]["sensor"][UPDATE_CHANNEL]["state"]) <= set(Channel)


def test_the_same_word_is_the_same_everywhere() -> None:
    words = TEXTS["entity"]["sensor"][PRESENCE]["state"]
    assert TEXTS["selector"]["presence"]["options"] == words
    assert TEXTS["entity"]["select"][PRESENCE]["state"].items() >= words.items()
    for key in (RULE_HOLDS, f"yaml_{RULE_HOLDS}"):
        attributes = TEXTS["entity"]["binary_sensor"][key]["state_attributes"]
        assert attributes[ATTR_PRESENCE]["state"] == words


def test_people_and_rules_have_a_name_and_a_button_each() -> None:
    assert TEXTS["config_subentries"].keys() == {SUBENTRY_PERSON, SUBENTRY_RULE}
    for texts in TEXTS["config_subentries"].values():
        assert texts["initiate_flow"].keys() == {"user", "reconfigure"}
        assert texts["entry_type"]


@pytest.mark.parametrize(
    "place",
    [place for place in ALL_TEXTS if not re.search(r"\.(name|title|state|options|submit)", place)],
)
def test_a_sentence_ends(place: str) -> None:
    exempt = (".data.", ".menu_options.", ".initiate_flow.", ".entry_type", "health.info.")
    if any(part in place for part in exempt):
        return
    assert ALL_TEXTS[place][-1] in ".?!}`" or place.endswith("data_description.people")
