"""The issue that names people who have left the contact list."""

from typing import Any, cast

from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue, async_ignore_issue
from custom_components.cisco_unified_presence.roster.plan import SyncRecord
from custom_components.cisco_unified_presence.roster.sync import ContactListSync
from tests.common.entry import SECRET, person


class Followed:
    """Anna, Ben and Clara, some of whom are missing from the list."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            data={CONF_WEBHOOK_ID: SECRET},
            subentries_data=[cast("Any", person(user)) for user in ("anna", "ben", "clara")],
        )
        self.entry.add_to_hass(hass)
        self.restart()

    def restart(self) -> None:
        unused: Any = None
        self.sync = ContactListSync(self._hass, self.entry, unused, "watcher", unused, None)

    async def miss(self, *users: str) -> tuple[str, bool] | None:
        """Return who is named then, and whether the issue is ignored."""
        missing = {f"{user}@example.com": dt_util.utcnow() for user in users}
        await self.sync._async_remember(SyncRecord(frozenset({"anna@example.com"}), missing))
        issue_id = f"{Issue.PEOPLE_LEFT_CONTACT_LIST}_{self.entry.entry_id}"
        issue = ir.async_get(self._hass).async_get_issue(DOMAIN, issue_id)
        if issue is None:
            return None
        named = (issue.translation_placeholders or {})["people"]
        return named, issue.dismissed_version is not None


@pytest.fixture
def followed(hass: HomeAssistant, hass_storage: dict[str, Any]) -> Followed:
    return Followed(hass)


async def test_who_is_missing_is_named_until_nobody_is(followed: Followed) -> None:
    assert await followed.miss() is None
    assert await followed.miss("clara", "ben", "stranger") == ("Ben, Clara", False)
    assert [each.name for each in followed.sync.leaving] == ["Ben", "Clara"]
    assert await followed.miss("stranger") is None


async def test_an_ignored_issue_is_shown_again_only_for_other_people(
    hass: HomeAssistant, followed: Followed
) -> None:
    await followed.miss("ben", "clara")
    async_ignore_issue(hass, followed.entry, Issue.PEOPLE_LEFT_CONTACT_LIST, ignore=True)
    assert await followed.miss("ben", "clara") == ("Ben, Clara", True)
    # It is not known whom it named in the run before.
    followed.restart()
    assert await followed.miss("ben", "clara") == ("Ben, Clara", True)
    assert await followed.miss("ben") == ("Ben", True)
    assert await followed.miss("ben", "anna") == ("Anna, Ben", False)


async def test_what_is_remembered_is_stored(
    followed: Followed, hass_storage: dict[str, Any]
) -> None:
    await followed.miss("ben")
    (stored,) = (each["data"] for key, each in hass_storage.items() if "contact_list" in key)
    assert list(stored["missing"]) == ["ben@example.com"]
    assert stored["present"] == ["anna@example.com"]
    await followed.sync._async_forget_missing({"ben@example.com"})
    assert followed.sync.record == SyncRecord(frozenset({"anna@example.com"}), {})
