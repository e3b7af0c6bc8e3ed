"""The parts that know who the people are: started, stopped, and told of options."""

from typing import Any, cast
from unittest.mock import AsyncMock, Mock, call

from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.pws import PresenceClient
from custom_components.cisco_unified_presence.roster import Roster
from custom_components.cisco_unified_presence.settings import AppliedOptions, ContactListSettings
from tests.common.entry import SECRET

ALL = ContactListSettings(group=None, removes=True, labels=False)


class Parts:
    """A roster whose parts are replaced by what notes the calls."""

    def __init__(self, hass: HomeAssistant, **options: Any) -> None:
        self.entry = MockConfigEntry(domain=DOMAIN, data={CONF_WEBHOOK_ID: SECRET}, options=options)
        coordinator = PresenceCoordinator("cup", {})
        client = cast("PresenceClient", Mock())
        applied = AppliedOptions.of(self.entry)
        self.roster = Roster(hass, self.entry, coordinator, client, "desk", applied)
        self.made = self.roster.names, self.roster.contact_list
        self.calls = Mock()
        for name in ("names", "contact_list", "never_seen"):
            part = AsyncMock()
            part.async_start = AsyncMock() if name != "names" else Mock()
            part.async_set_rich, part.async_set_settings = Mock(), Mock()
            setattr(self.roster, name, part)
            self.calls.attach_mock(part, name)

    def change(self, **options: Any) -> list[Any]:
        self.calls.reset_mock()
        entry = MockConfigEntry(domain=DOMAIN, data={CONF_WEBHOOK_ID: SECRET}, options=options)
        self.roster.async_set_options(AppliedOptions.of(entry))
        return list(self.calls.mock_calls)


@pytest.mark.parametrize("rich", [True, False])
@pytest.mark.parametrize("follows", [True, False])
def test_options_at_the_start(hass: HomeAssistant, *, rich: bool, follows: bool) -> None:
    names, contact_list = Parts(hass, rich_presence=rich, contact_list=follows).made
    assert names._reads is not rich
    assert contact_list._settings == (ALL if follows else None)


def test_changed_options(hass: HomeAssistant) -> None:
    parts = Parts(hass)
    unchanged = [call.names.async_set_rich(rich=False)]
    assert parts.change() == unchanged
    assert parts.change(rich_presence=True) == [call.names.async_set_rich(rich=True)]
    assert parts.change(contact_list=True) == [
        *unchanged,
        call.contact_list.async_set_settings(ALL),
    ]
    assert parts.change(contact_list=True) == unchanged
    assert parts.change() == [*unchanged, call.contact_list.async_set_settings(None)]


async def test_start_and_stop(hass: HomeAssistant) -> None:
    parts = Parts(hass)
    await parts.roster.async_start()
    assert parts.calls.mock_calls == [call.names.async_start(), call.never_seen.async_start()]
    parts.calls.reset_mock()
    changed = Mock()
    await parts.roster.async_follow_contact_list(changed)
    assert parts.calls.mock_calls == [call.contact_list.async_start(changed)]
    parts.calls.reset_mock()
    await parts.roster.async_stop()
    assert parts.calls.mock_calls == [
        call.contact_list.async_stop(),
        call.names.async_stop(),
        call.never_seen.async_stop(),
    ]
