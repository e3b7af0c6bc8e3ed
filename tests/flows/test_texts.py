"""Every form, error and end of a flow has its texts, and no text is left over."""

from typing import Any
from unittest.mock import Mock

from homeassistant.helpers.selector import SelectSelector
import pytest
import voluptuous as vol
import yaml

from custom_components.cisco_unified_presence.config_flow import CupConfigFlow
from custom_components.cisco_unified_presence.const import SUBENTRY_PERSON, SUBENTRY_RULE
from custom_components.cisco_unified_presence.flows.contact_list_form import contact_list_schema
from custom_components.cisco_unified_presence.flows.options import OPTIONS_SCHEMA, CupOptionsFlow
from custom_components.cisco_unified_presence.flows.people import PersonFlow
from custom_components.cisco_unified_presence.flows.people_form import (
    PEOPLE_SCHEMA,
    PERSON_SCHEMA,
    UNTRUSTED_SCHEMA,
    contacts_schema,
    controlled_schema,
)
from custom_components.cisco_unified_presence.flows.rule_form import ADVANCED_SCHEMA as RULE_TIMES
from custom_components.cisco_unified_presence.flows.rule_form import rule_form
from custom_components.cisco_unified_presence.flows.rule_people import PeopleOffer
from custom_components.cisco_unified_presence.flows.rule_problems import IMPOSSIBLE_AT
from custom_components.cisco_unified_presence.flows.rules import RuleFlow
from custom_components.cisco_unified_presence.flows.server_form import (
    ACCOUNT_SCHEMA,
    ADVANCED_SCHEMA,
    RECONFIGURE_SCHEMA,
    SERVER_SCHEMA,
    WATCHER_SCHEMA,
)
from custom_components.cisco_unified_presence.requested_presence import IMPOSSIBLE
from custom_components.cisco_unified_presence.states import STATES
from tests.common.client_errors import EXPLAINED, EXPLAINED_OF_CONTACT_SERVICE
from tests.common.rules import TABLE_WORDS
from tests.common.source_code import MODULES, calls, keyword, literals
from tests.common.texts import FOLDER, TEXTS, check_fields

NOTHING = vol.Schema({})

# What each step asks for. Steps that show nothing have no texts.
CONFIG_STEPS = {
    "user": SERVER_SCHEMA,
    "reconfigure": RECONFIGURE_SCHEMA,
    "reauth_confirm": ACCOUNT_SCHEMA,
    "certificate": NOTHING,
    "certificate_changed": NOTHING,
    "two_certificates": NOTHING,
    "watcher": WATCHER_SCHEMA,
    "domain": NOTHING,
}
PERSON_STEPS = {
    "user": PEOPLE_SCHEMA,
    "contacts_not_trusted": UNTRUSTED_SCHEMA,
    "certificate": NOTHING,
    "two_certificates": NOTHING,
    "contacts": contacts_schema({}, ""),
    "unknown": NOTHING,
    "reconfigure": PERSON_SCHEMA,
}
RULE_FORM = rule_form(PeopleOffer({}, Mock()), TABLE_WORDS, {})
RULE_STEPS = {"rule": RULE_FORM, "reconfigure": NOTHING, "preview": NOTHING}
OPTION_STEPS = {
    "init": OPTIONS_SCHEMA,
    "contact_list": contact_list_schema(()),
    "controlled": controlled_schema({}),
    "certificate": NOTHING,
    "two_certificates": NOTHING,
}
WITHOUT_A_FORM = {"reauth", "finish", "add"}
# They lead to the form of a rule, or do what their name says.
OF_RULES = {"user", "change", "duplicate", "turn_on", "turn_off", "edit", "save"}

PERSON_TEXTS = TEXTS["config_subentries"][SUBENTRY_PERSON]
RULE_TEXTS = TEXTS["config_subentries"][SUBENTRY_RULE]
FLOWS = [
    (RuleFlow, RULE_STEPS, RULE_TEXTS),
    (CupConfigFlow, CONFIG_STEPS, TEXTS["config"]),
    (PersonFlow, PERSON_STEPS, PERSON_TEXTS),
    (CupOptionsFlow, OPTION_STEPS, TEXTS["options"]),
]


def own_steps(flow: type) -> set[str]:
    """Return the steps of a flow that Home Assistant's base classes do not have."""
    ours = (each for each in flow.__mro__ if each.__module__.startswith("custom_components."))
    names = (name for each in ours for name in vars(each))
    return {name.removeprefix("async_step_") for name in names if name.startswith("async_step_")}


@pytest.mark.parametrize(("flow", "steps", "texts"), FLOWS)
def test_every_step_and_field_has_its_texts(
    flow: type, steps: dict[str, vol.Schema], texts: dict[str, Any]
) -> None:
    without = OF_RULES if flow is RuleFlow else WITHOUT_A_FORM
    assert texts["step"].keys() == steps.keys() == own_steps(flow) - without
    for step, schema in steps.items():
        check_fields(schema, texts["step"][step])
        fields = {"data", "data_description", "sections"}
        allowed = {"title", "description", "submit", "menu_options"} | fields
        assert texts["step"][step].keys() <= allowed, step


def test_every_error_of_a_form_has_its_text() -> None:
    of_servers = {
        "domain_missing",
        "invalid_host",
        "misspelled_scheme",
        "password_of_other_server",
    }
    assert TEXTS["config"]["error"].keys() == EXPLAINED | of_servers
    assert of_servers <= literals(MODULES["flows/server.py"])
    of_people = {"bad_person", "already_added", "nobody"}
    explained = EXPLAINED | EXPLAINED_OF_CONTACT_SERVICE
    assert PERSON_TEXTS["error"].keys() == explained | of_people
    assert of_people <= literals(MODULES["flows/people.py"])
    modules = ("rules", "rule_conditions", "rule_data", "rule_problems")
    named = set[str]().union(*(literals(MODULES[f"flows/{each}.py"]) for each in modules))
    assert RULE_TEXTS["error"].keys() == (named & RULE_TEXTS["error"].keys()) | IMPOSSIBLE.keys()
    assert IMPOSSIBLE_AT.keys() == IMPOSSIBLE.keys()
    assert TEXTS["options"]["error"].keys() == {"callback_url_not_http"}
    assert "callback_url_not_http" in literals(MODULES["flows/callback_form.py"])


@pytest.mark.parametrize(
    ("module", "texts"),
    [
        ("flows/server.py", TEXTS["config"]),
        ("flows/people.py", PERSON_TEXTS),
        ("flows/rules.py", RULE_TEXTS),
    ],
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


def test_every_success_has_its_text() -> None:
    said = {f"added_{which}{whom}" for which in ("", "first_") for whom in ("people", "person")}
    assert PERSON_TEXTS["create_entry"].keys() == said
    assert said <= literals(MODULES["flows/people.py"])


def test_every_choice_has_its_text() -> None:
    choices = {
        value.config["translation_key"]: set(value.config["options"])
        for schema in (SERVER_SCHEMA, ADVANCED_SCHEMA, OPTIONS_SCHEMA, RULE_FORM, RULE_TIMES)
        for value in schema.schema.values()
        if isinstance(value, SelectSelector) and "translation_key" in value.config
    }
    services = yaml.safe_load((FOLDER / "services.yaml").read_text())
    for field in services["set_presence"]["fields"].values():
        if select := field["selector"].get("select"):
            choices[select["translation_key"]] = set(select["options"])
    conditions = yaml.safe_load((FOLDER / "conditions.yaml").read_text())
    for condition in conditions.values():
        for field in condition.get("fields", {}).values():
            if select := (field["selector"] or {}).get("select"):
                choices.setdefault(select["translation_key"], set()).update(select["options"])
    assert choices == {key: set(texts["options"]) for key, texts in TEXTS["selector"].items()}
    assert choices["presence"] == set(STATES.values())
