"""When the issue that names unknown people is raised, cleared and shown again."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.cisco_unified_presence.channel.unknown_people import (
    PATIENCE_SECONDS,
    UnknownPeople,
)
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.issues import (
    Issue,
    async_ignore_issue,
    async_raise_issue,
)
from tests.common.entry import SECRET


class Coordinator:
    """People, of whom the server does not know some."""

    def __init__(self) -> None:
        self.people = {key: SimpleNamespace(name=key.title()) for key in ("anna", "ben", "clara")}
        self.unknown: set[str] = set()
        self._changed: Callable[[], None] = lambda: None

    def async_subscribe_unknown(self, listener: Callable[[], None]) -> Callable[[], None]:
        self._changed = listener

        def unsubscribe() -> None:
            self._changed = lambda: None

        return unsubscribe

    def change(self, *unknown: str) -> None:
        self.unknown = set(unknown)
        self._changed()


class Watched:
    """The issue of one entry."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self.hass = hass
        self.entry = MockConfigEntry(domain=DOMAIN, data={CONF_WEBHOOK_ID: SECRET})
        self.entry.add_to_hass(hass)
        self.coordinator = Coordinator()
        self._freezer = freezer

    def start(self) -> None:
        UnknownPeople(self.hass, self.entry, cast("PresenceCoordinator", self.coordinator))

    async def wait(self, seconds: float = PATIENCE_SECONDS + 1) -> None:
        self._freezer.tick(seconds)
        async_fire_time_changed(self.hass)
        await self.hass.async_block_till_done()

    @property
    def issue(self) -> ir.IssueEntry | None:
        issue_id = f"{Issue.PEOPLE_UNKNOWN}_{self.entry.entry_id}"
        return ir.async_get(self.hass).async_get_issue(DOMAIN, issue_id)

    @property
    def named(self) -> Any:
        """Who is named, None without an issue."""
        return self.issue and (self.issue.translation_placeholders or {})["people"]

    @property
    def is_ignored(self) -> bool:
        return self.issue is not None and self.issue.dismissed_version is not None


@pytest.fixture
def watched(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Watched:
    return Watched(hass, freezer)


async def test_an_issue_of_an_earlier_run_is_cleared_once_the_server_had_time(
    watched: Watched,
) -> None:
    async_raise_issue(watched.hass, watched.entry, Issue.PEOPLE_UNKNOWN, people="Ben")
    watched.start()
    await watched.wait(PATIENCE_SECONDS - 1)
    assert watched.named == "Ben"
    await watched.wait(2)
    assert watched.issue is None


async def test_whom_the_server_does_not_find_in_time_is_named(watched: Watched) -> None:
    watched.start()
    watched.coordinator.change("clara", "ben")
    await watched.wait(PATIENCE_SECONDS - 1)
    assert watched.issue is None
    await watched.wait(2)
    assert watched.named == "Ben, Clara"


async def test_the_time_of_a_later_change_counts_from_the_first_one(watched: Watched) -> None:
    watched.start()
    await watched.wait()
    watched.coordinator.change("ben")
    await watched.wait(PATIENCE_SECONDS - 1)
    watched.coordinator.change("ben", "clara")
    await watched.wait(2)
    assert watched.named == "Ben, Clara"


async def test_the_issue_is_cleared_at_once(watched: Watched) -> None:
    watched.start()
    watched.coordinator.change("ben")
    await watched.wait()
    watched.coordinator.change()
    assert watched.issue is None


async def test_an_ignored_issue_is_shown_again_only_for_other_people(watched: Watched) -> None:
    watched.start()
    watched.coordinator.change("ben", "clara")
    await watched.wait()
    async_ignore_issue(watched.hass, watched.entry, Issue.PEOPLE_UNKNOWN, ignore=True)

    for fewer in (("ben", "clara"), ("ben",)):
        watched.coordinator.change(*fewer)
        await watched.wait()
        assert watched.is_ignored
    assert watched.named == "Ben"

    watched.coordinator.change("ben", "anna")
    await watched.wait()
    assert watched.named == "Anna, Ben"
    assert not watched.is_ignored


async def test_an_issue_that_the_user_ignored_before_the_start_stays_ignored(
    watched: Watched,
) -> None:
    async_raise_issue(watched.hass, watched.entry, Issue.PEOPLE_UNKNOWN, people="Ben")
    async_ignore_issue(watched.hass, watched.entry, Issue.PEOPLE_UNKNOWN, ignore=True)
    watched.start()
    watched.coordinator.change("ben")
    await watched.wait()
    assert watched.is_ignored


async def test_nothing_is_told_after_the_entry_is_unloaded(watched: Watched) -> None:
    watched.start()
    watched.coordinator.change("ben")
    await watched.entry._async_process_on_unload(watched.hass)
    await watched.wait()
    watched.coordinator.change("ben", "clara")
    await watched.wait()
    assert watched.issue is None
