"""Which fields each form asks for, and how the browser shows them."""

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import Selector
import pytest
from syrupy.assertion import SnapshotAssertion
import voluptuous as vol

from custom_components.cisco_unified_presence.flows.contact_list_form import contact_list_schema
from custom_components.cisco_unified_presence.flows.contact_picks import ContactPick
from custom_components.cisco_unified_presence.flows.groups import GROUP_SCHEMA
from custom_components.cisco_unified_presence.flows.options import OPTIONS_SCHEMA
from custom_components.cisco_unified_presence.flows.people_form import (
    PEOPLE_SCHEMA,
    PERSON_SCHEMA,
    UNTRUSTED_SCHEMA,
    contacts_schema,
    controlled_schema,
)
from custom_components.cisco_unified_presence.flows.person_lines import PersonLine
from custom_components.cisco_unified_presence.flows.rule_form import MAPPED, rule_form
from custom_components.cisco_unified_presence.flows.rule_people import PeopleOffer
from custom_components.cisco_unified_presence.flows.server_form import (
    ACCOUNT_SCHEMA,
    RECONFIGURE_SCHEMA,
    SERVER_SCHEMA,
    WATCHER_SCHEMA,
)
from custom_components.cisco_unified_presence.pws import ContactGroup
from tests.common.people import people
from tests.common.rules import TABLE_WORDS

PICKS = {"anna@example.com": ContactPick(PersonLine("anna", "anna@example.com"), ("Sales",))}
# Made in the tests, so that these run what makes them.
FORMS: dict[str, Callable[[], vol.Schema]] = {
    "ACCOUNT_SCHEMA": lambda: ACCOUNT_SCHEMA,
    "RECONFIGURE_SCHEMA": lambda: RECONFIGURE_SCHEMA,
    "SERVER_SCHEMA": lambda: SERVER_SCHEMA,
    "WATCHER_SCHEMA": lambda: WATCHER_SCHEMA,
    "OPTIONS_SCHEMA": lambda: OPTIONS_SCHEMA,
    "contact_list_schema": lambda: contact_list_schema(
        [ContactGroup("Sales", ()), ContactGroup("", ())]
    ),
    "controlled_schema": lambda: controlled_schema(people("ben@example.com", "Anna@example.com")),
    "PEOPLE_SCHEMA": lambda: PEOPLE_SCHEMA,
    "PERSON_SCHEMA": lambda: PERSON_SCHEMA,
    "UNTRUSTED_SCHEMA": lambda: UNTRUSTED_SCHEMA,
    "contacts_schema": lambda: contacts_schema(PICKS, "example.com"),
    "GROUP_SCHEMA": lambda: GROUP_SCHEMA,
    "rule_form with ADVANCED_SCHEMA": lambda: rule_form(PeopleOffer({}, Mock()), TABLE_WORDS, {}),
}


def shown(field: object) -> Any:
    """Return what the browser gets of a field, or of a form in the form."""
    match field:
        case section():
            return {"section": field.options, "fields": shown(field.schema)}
        case vol.Schema():
            return {_named(key): shown(each) for key, each in field.schema.items()}
        case Selector():
            ((kind, config),) = field.serialize()["selector"].items()
            # What is off by default differs between versions of Home Assistant.
            return {kind: {key: value for key, value in config.items() if value is not False}}
        case _:
            return getattr(field, "__name__", type(field).__name__)


def _named(key: Any) -> str:
    default = "" if isinstance(key.default, vol.Undefined) else f" = {key.default()!r}"
    suggested = f" (suggested {key.description})" if key.description else ""
    return f"{type(key).__name__} {key}{default}{suggested}"


@pytest.mark.parametrize("name", FORMS)
def test_form(name: str, snapshot: SnapshotAssertion) -> None:
    assert shown(FORMS[name]()) == snapshot


@pytest.mark.parametrize(
    ("typed", "wrong", "unfolded"),
    [
        ({}, None, set()),
        ({"places": {"area_id": ["office"]}}, None, {"places"}),
        ({"places": {"area_id": []}}, "name", set()),
        ({"exceptions": {"except": ["anna"]}}, None, {"exceptions"}),
        ({"presence": MAPPED}, None, {MAPPED}),
        ({"presence": "busy"}, "advanced", {"advanced"}),
    ],
)
def test_what_is_filled_in_or_wrong_is_not_folded_away(
    typed: dict[str, Any], wrong: str | None, unfolded: set[str]
) -> None:
    form = rule_form(PeopleOffer({}, Mock()), TABLE_WORDS, typed, wrong)
    sections = {str(key): each for key, each in form.schema.items() if isinstance(each, section)}
    assert {key for key, each in sections.items() if not each.options["collapsed"]} == unfolded
