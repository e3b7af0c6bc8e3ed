"""What all tests of the channel share."""

from collections.abc import AsyncGenerator

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.channel import subscription
from custom_components.cisco_unified_presence.const import Channel
from tests.channel.eventing_parts import Channelled, Place
from tests.channel.subscription_parts import A, B, C, Subscribed


@pytest.fixture(autouse=True)
def _only_the_channel_asks(trusted_records: None) -> None:
    """Let all requests for contacts be the channel's."""


@pytest.fixture
def two_to_a_subscription(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscription, "MAX_CONTACTS", 2)


@pytest.fixture
async def opened(two_to_a_subscription: None) -> Subscribed:
    """A subscription to A, B and C, numbers 2 and 3, at endpoint 101."""
    subscribed = Subscribed(A, B, C)
    await subscribed.subscription.async_open()
    subscribed.client.took()
    return subscribed


@pytest.fixture
async def channelled(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> AsyncGenerator[Channelled]:
    channelled = Channelled(hass, freezer)
    yield channelled
    await channelled.eventing.async_stop()


@pytest.fixture
async def live(channelled: Channelled) -> Channelled:
    await channelled.start(Place())
    assert channelled.channel() is Channel.EVENTING
    return channelled
