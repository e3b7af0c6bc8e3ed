"""What the forms of people offer, and what was picked and written in them."""

from dataclasses import replace
from typing import Any

from homeassistant.helpers.selector import SelectSelector
import pytest

from custom_components.cisco_unified_presence.flows.contact_list_form import (
    read_contact_list_form,
)
from custom_components.cisco_unified_presence.flows.contact_picks import ContactPick
from custom_components.cisco_unified_presence.flows.people_form import (
    controlled_schema,
    read_people,
    still_offered,
)
from custom_components.cisco_unified_presence.flows.person_lines import PersonLine
from tests.common.people import people

ANNA = PersonLine("anna", "anna@example.com")
PICKS = {
    "anna@example.com": ContactPick(ANNA, ()),
    "ben@x": ContactPick(PersonLine("ben", "ben@x"), ()),
}


def test_people_are_offered_by_name() -> None:
    anna, ben = people("a@example.com", "b@example.com").values()
    named = {anna.key: replace(anna, name="Zoe"), ben.key: replace(ben, name="ann")}
    (selector,) = controlled_schema(named).schema.values()
    assert isinstance(selector, SelectSelector)
    assert selector.config["options"] == [
        {"value": "b@example.com", "label": "ann (b@example.com)"},
        {"value": "a@example.com", "label": "Zoe (a@example.com)"},
    ]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ({}, []),
        ({"people": "clara"}, [PersonLine("clara", "clara@example.com")]),
        ({"contacts": ["anna@example.com"]}, [ANNA]),
        # What is written overrides what is picked, in its place.
        (
            {"contacts": ["anna@example.com", "ben@x"], "people": "ANNA, Anna"},
            [PersonLine("ANNA", "ANNA@example.com", "Anna"), PersonLine("ben", "ben@x")],
        ),
    ],
)
def test_who_is_picked_and_written(typed: dict[str, Any], read: list[PersonLine]) -> None:
    assert read_people(typed, PICKS, "example.com") == read


def test_who_has_been_added_meanwhile_is_not_suggested() -> None:
    assert still_offered({"people": "x"}, PICKS) == {"people": "x"}
    assert still_offered({"contacts": ["gone@x", "ben@x"], "people": "x"}, PICKS) == {
        "contacts": ["ben@x"],
        "people": "x",
    }


@pytest.mark.parametrize(
    ("typed", "options"),
    [
        ({}, {}),
        ({"contact_list_group": " ", "contact_list_removes": True}, {"contact_list_removes": True}),
        (
            {"contact_list_group": " Team ", "contact_list_labels": False},
            {"contact_list_group": "Team", "contact_list_labels": False},
        ),
    ],
)
def test_an_empty_group_is_the_whole_list(typed: dict[str, Any], options: dict[str, Any]) -> None:
    assert read_contact_list_form(typed) == options
