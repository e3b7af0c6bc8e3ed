"""The labels of a contact list that is followed: when devices get them, and when they lose them."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.cisco_unified_presence.pws import ContactGroup, ContactList
from custom_components.cisco_unified_presence.roster.labels import GroupLabels
from custom_components.cisco_unified_presence.settings import ContactListSettings
from tests.roster.followed_alone import ALL, ANNA, BEN, CLARA, Followed


@pytest.fixture
def list_settings() -> ContactListSettings:
    return ContactListSettings(group=None, removes=True, labels=True)


def labels_of(hass: HomeAssistant, device: dr.DeviceEntry) -> set[str]:
    found = dr.async_get(hass).async_get(device.id)
    assert found
    return found.labels


async def test_devices_are_labelled_whenever_they_are_made(
    hass: HomeAssistant, followed: Followed
) -> None:
    followed.lists(Team="anna ben")
    await followed.start()
    for key in (ANNA, BEN):
        device = followed.add_device(key)
        await followed.done()
        assert labels_of(hass, device) == {"team"}


async def test_a_device_that_is_made_takes_no_label_from_who_is_missing_from_a_part_of_a_list(
    hass: HomeAssistant, followed: Followed
) -> None:
    anna, ben = followed.add_device(ANNA), followed.add_device(BEN)
    followed.lists(Team="anna ben")
    await followed.start()
    followed.answer = ContactList((ContactGroup("Friends", (BEN,)),), is_complete=False)
    await followed.pass_time(61)
    followed.add_device(CLARA)
    await followed.done()
    assert labels_of(hass, anna) == {"team"}
    assert labels_of(hass, ben) == {"friends"}


async def test_labels_are_taken_back_although_a_part_of_the_list_is_not_read(
    hass: HomeAssistant, followed: Followed
) -> None:
    anna, ben = followed.add_device(ANNA), followed.add_device(BEN)
    followed.lists(Team="anna ben")
    await followed.start()
    followed.answer = ContactList((ContactGroup("Team", (BEN,)),), is_complete=False)
    followed.sync.async_set_settings(ALL)
    await followed.done()
    assert labels_of(hass, anna) == labels_of(hass, ben) == set()


async def test_no_device_is_labelled_after_the_stop(
    hass: HomeAssistant, followed: Followed
) -> None:
    followed.lists(Team="anna")
    await followed.start()
    await followed.sync.async_stop()
    device = followed.add_device(ANNA)
    await followed.done()
    assert labels_of(hass, device) == set()


async def test_no_device_is_labelled_once_the_list_is_not_followed(
    hass: HomeAssistant, followed: Followed
) -> None:
    followed.lists(Team="anna")
    await followed.start()
    followed.sync.async_set_settings(None)
    await followed.done()
    device = followed.add_device(ANNA)
    await followed.done()
    assert labels_of(hass, device) == set()


async def test_devices_of_one_moment_are_labelled_together_and_others_are_of_no_concern(
    hass: HomeAssistant, followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed.lists(Team="anna ben clara")
    await followed.start()
    applied: list[Mapping[str, Any]] = []
    apply = GroupLabels.async_apply

    async def note(labels: GroupLabels, groups: Mapping[str, Any], *, is_complete: bool) -> None:
        applied.append(groups)
        await apply(labels, groups, is_complete=is_complete)

    monkeypatch.setattr(GroupLabels, "async_apply", note)
    anna = followed.add_device(ANNA)
    for key in (BEN, CLARA):
        followed.add_device(key)
    await followed.done()
    # The first at once, and then all that have come meanwhile.
    assert len(applied) == 2
    applied.clear()
    devices = dr.async_get(hass)
    devices.async_update_device(anna.id, name_by_user="Annie")
    devices.async_get_or_create(
        config_entry_id=followed.entry.entry_id, identifiers={("printers", "1")}
    )
    await followed.done()
    assert applied == []
