"""The live channel in tests: entities, paths, times, issues and calls of the server."""

from datetime import timedelta

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.settings import Intervals

from .entry import SECRET
from .server import Cup

CHANNEL = "sensor.cup_update_channel"
ANNA = "sensor.anna_presence"
BEN = "sensor.ben_presence"

FETCHES = "/basic/subscriptions/"
CONTACT_POLLS = "/contacts/"
SUBSCRIPTIONS = "/watcher/subscriptions"

POLL = 60
SELF_TEST = 10
# A retry waits for twice as long as the last one, from two seconds, and up to a quarter longer.
RETRIES = (2.5, 5.0, 10.0)


def issue_of(hass: HomeAssistant, entry: MockConfigEntry, issue: Issue) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{issue}_{entry.entry_id}")


def never_refresh(entry: MockConfigEntry) -> None:
    """Put full refreshes off by a day, where a test is about something else."""
    intervals = Intervals(poll=timedelta(seconds=POLL), full_refresh=timedelta(days=1))
    entry.runtime_data.eventing.async_set_intervals(intervals)


def subscription_id(cup: Cup) -> int:
    (subscription,) = cup.simulator.service.subscriptions
    return subscription.id


async def call_back(web_server: str, subscription: int) -> None:
    """Call like the server, or like a forger."""
    async with (
        ClientSession() as session,
        session.get(f"{web_server}/api/webhook/{SECRET}?id={subscription}") as response,
    ):
        assert response.status == 200
