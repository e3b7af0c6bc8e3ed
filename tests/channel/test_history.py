"""The last states of the channel."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.util import dt as dt_util

from custom_components.cisco_unified_presence.channel.history import (
    LAST_STATES,
    ChannelHistory,
    ChannelState,
)
from custom_components.cisco_unified_presence.const import Channel
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure
from tests.common.people import people

LOST = CannotConnect(ConnectFailure.REFUSED)


def test_each_change_is_recorded_once(freezer: FrozenDateTimeFactory) -> None:
    coordinator = PresenceCoordinator("cup", people())
    history = ChannelHistory(coordinator)
    begun = dt_util.utcnow()
    for change in (
        coordinator.async_set_reachable,
        lambda: coordinator.async_set_channel(Channel.EVENTING),
        lambda: coordinator.async_set_unreachable(LOST),
        lambda: coordinator.async_set_unreachable(LOST),
        coordinator.async_set_reachable,
    ):
        freezer.tick(timedelta(minutes=1))
        change()

    minutes = [(state.since - begun).total_seconds() / 60 for state in history.states]
    assert [(state.channel, state.reachable) for state in history.states] == [
        (Channel.POLLING, coordinator.reachable),
        (Channel.EVENTING, True),
        (Channel.EVENTING, False),
        (Channel.EVENTING, True),
    ]
    assert minutes == [0, 2, 3, 5]


def test_the_oldest_are_dropped() -> None:
    coordinator = PresenceCoordinator("cup", people())
    history = ChannelHistory(coordinator)
    for _ in range(LAST_STATES):
        coordinator.async_set_channel(Channel.EVENTING)
        coordinator.async_set_channel(Channel.POLLING)
    assert len(history.states) == LAST_STATES
    assert isinstance(history.states[-1], ChannelState)
    assert history.states[-1].channel is Channel.POLLING


def test_what_is_as_before_is_not_recorded_again() -> None:
    coordinator = PresenceCoordinator("cup", people())
    history = ChannelHistory(coordinator)
    coordinator.async_set_channel(Channel.EVENTING)
    coordinator._notify(coordinator._server_listeners)
    assert [each.channel for each in history.states] == [Channel.POLLING, Channel.EVENTING]
