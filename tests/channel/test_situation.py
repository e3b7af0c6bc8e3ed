"""What the plan of the channel finds."""

from typing import cast

from homeassistant.core import CoreState, HomeAssistant
import pytest

from custom_components.cisco_unified_presence.channel import Callback
from custom_components.cisco_unified_presence.channel.intervals import Timer
from custom_components.cisco_unified_presence.channel.situation import CurrentSituation
from custom_components.cisco_unified_presence.channel.subscription import WatchersSubscription
from custom_components.cisco_unified_presence.clock import Timers
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from tests.channel.eventing_parts import INTERVALS, Place, Subscription
from tests.common.people import people


@pytest.mark.parametrize(
    ("place", "state", "later"),
    [
        (None, CoreState.starting, False),
        (Place(), CoreState.starting, False),
        (Place(needs_running=True), CoreState.starting, True),
        (Place(needs_running=True), CoreState.running, False),
    ],
)
async def test_the_webhook_opens_once_home_assistant_runs(
    hass: HomeAssistant, place: Place | None, state: CoreState, *, later: bool
) -> None:
    situation = CurrentSituation(
        hass,
        PresenceCoordinator("cup", people()),
        cast("WatchersSubscription", Subscription()),
        Timers[Timer](hass),
        INTERVALS,
        lambda: 0,
    )
    situation.callback = cast("Callback | None", place)
    hass.set_state(state)
    assert situation.callback_opens_later is later
    hass.set_state(CoreState.running)
