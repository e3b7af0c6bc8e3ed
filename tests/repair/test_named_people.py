"""Repairs that name people: for whom they act, and what they say of an entry that does not run."""

from types import SimpleNamespace
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.repair.contact_list import ContactListRepairFlow
from custom_components.cisco_unified_presence.repair.left_contact_list import (
    LeftContactListRepairFlow,
)
from custom_components.cisco_unified_presence.repair.people import UnknownPeopleRepairFlow
from tests.common.people import people

ANNA, BEN = people("anna@x", "ben@x").values()


class ContactListInUse:
    """The contact list, and what is done with people."""

    def __init__(self) -> None:
        self.leaving: list[Person] = [ANNA, BEN]
        self.done: list[Any] = []

    async def async_let_stay(self, named: list[Person]) -> None:
        self.done.append(("stay", named))

    async def async_remove(self, named: list[Person]) -> None:
        self.done.append(("remove", named))


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    entry = MockConfigEntry(domain=DOMAIN, data={"watcher": "watcher"})
    entry.add_to_hass(hass)
    return entry


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        (LeftContactListRepairFlow, "init"),
        (LeftContactListRepairFlow, "keep"),
        (LeftContactListRepairFlow, "remove"),
        (UnknownPeopleRepairFlow, "init"),
        (UnknownPeopleRepairFlow, "remove"),
    ],
)
async def test_an_entry_that_does_not_run(
    hass: HomeAssistant, entry: MockConfigEntry, kind: type[Any], step: str
) -> None:
    flow = kind(entry, Issue.PEOPLE_UNKNOWN)
    flow.hass = hass
    result = await getattr(flow, f"async_step_{step}")()
    assert (result["type"], result["reason"]) == ("abort", "not_connected")


async def test_a_contact_list_of_an_entry_that_does_not_run(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flow: Any = ContactListRepairFlow(entry, Issue.CONTACT_LIST_UNAVAILABLE)
    flow.hass, flow.data = hass, None
    result = await flow.async_step_init()
    assert (result["step_id"], result["errors"]) == ("confirm", {})
    assert result["data_schema"]({}) == {}
    result = await flow.async_step_confirm({})
    assert (result["step_id"], result["errors"]) == ("confirm", {"base": "not_connected"})


@pytest.mark.parametrize(("step", "done"), [("keep", "stay"), ("remove", "remove")])
async def test_only_whom_the_issue_named_and_still_concerns(
    hass: HomeAssistant, entry: MockConfigEntry, step: str, done: str
) -> None:
    contact_list = ContactListInUse()
    entry.mock_state(hass, ConfigEntryState.LOADED)
    entry.runtime_data = SimpleNamespace(roster=SimpleNamespace(contact_list=contact_list))
    flow: Any = LeftContactListRepairFlow(entry, Issue.PEOPLE_LEFT_CONTACT_LIST)
    flow.hass, flow.data = hass, {"title": "CUP", "people": "someone"}
    contact_list.leaving = [ANNA]
    result = await flow.async_step_init()
    assert result["menu_options"] == ["keep", "remove"]
    assert result["description_placeholders"] == {"title": "CUP", "people": ANNA.name}
    contact_list.leaving = [ANNA, BEN]
    result = await getattr(flow, f"async_step_{step}")()
    assert (result["type"], result["data"]) == ("create_entry", {})
    assert contact_list.done == [(done, [ANNA])]
