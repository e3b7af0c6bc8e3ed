"""Fixtures: a contact list that an entry follows, and names that a server tells."""

from collections.abc import AsyncGenerator
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.roster import names, sync
from custom_components.cisco_unified_presence.settings import ContactListSettings
from tests.roster.followed_alone import ALL, NOW, Followed
from tests.roster.named_alone import Named


@pytest.fixture
def contact_list(trusted_client_configuration: None) -> None:
    """Make the contact list of the simulated server readable."""


@pytest.fixture
def handshakes_may_fail(hass: HomeAssistant) -> None:
    """Let the simulator, which shares our loop, see a client turn away from its certificate."""
    hass.loop.set_debug(False)


@pytest.fixture
def stopped_clock(freezer: FrozenDateTimeFactory) -> None:
    """Stop the clock before a reading of the list begins, whose time-outs would be over at once."""


@pytest.fixture
def list_settings() -> ContactListSettings | None:
    return ALL


@pytest.fixture
async def followed(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    hass_storage: dict[str, Any],
    list_settings: ContactListSettings | None,
) -> AsyncGenerator[Followed]:
    freezer.move_to(NOW)
    followed = Followed(hass, freezer, list_settings)
    monkeypatch.setattr(sync, "async_contact_list", followed.contact_list)
    yield followed
    await followed.sync.async_stop()


@pytest.fixture
async def named(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Named]:
    named = Named(hass, freezer)
    monkeypatch.setattr(names, "async_display_name", named.display_name)
    yield named
    await named.names.async_stop()
