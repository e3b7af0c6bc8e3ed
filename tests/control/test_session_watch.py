"""The server ends sessions unasked, since another program has logged the same account out."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from cup_simulator.configuration import ApplicationUser
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control import SessionWatch, session_watch
from custom_components.cisco_unified_presence.issues import Issue, async_clear_issues
from custom_components.cisco_unified_presence.people import Watcher
from custom_components.cisco_unified_presence.pws import (
    PresenceClient,
    PresenceServiceError,
    ServerFailed,
)
from tests.common.entry import SECRET, person
from tests.common.server import PASSWORD, Cup
from tests.common.setting_presence import set_presence
from tests.common.waiting import pass_time, settled

TOLD = "The server has ended the sessions of hass"


def log_out_as_another_program(cup: Cup) -> None:
    service = cup.simulator.service
    service.logout(service.login_application("hass", PASSWORD, force=False))


def clear_as_another_program(cup: Cup, *users: str) -> None:
    service = cup.simulator.service
    for user in users:
        session = service.sessions.end_user(user)
        assert session
        service.logout(session)


def issue_of(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{Issue.ACCOUNT_SHARED}_{entry.entry_id}")


async def test_what_another_program_has_ended_is_published_again_within_seconds_and_told(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await set_presence(hass, "do_not_disturb")
    await settled(cup)
    log_out_as_another_program(cup)
    assert await cup.presence_of("anna") != "DND"

    await pass_time(freezer, cup, 10)

    assert await cup.presence_of("anna") == "DND"
    assert caplog.text.count(TOLD) == 1
    issue = issue_of(hass, loaded)
    assert issue
    assert issue.translation_placeholders == {"title": "CUP", "user": "hass"}


@pytest.mark.parametrize(
    "entry_people", [[person("anna", controlled=True), person("ben", controlled=True)]]
)
@pytest.mark.parametrize("entry_options", [{"callback": "none", "poll_interval": 3600}])
async def test_presences_that_another_program_clears_are_published_again_and_told(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Another Home Assistant that starts with the account, and knows of no presence."""
    await set_presence(hass, "do_not_disturb")
    await set_presence(hass, "do_not_disturb", entity_id="sensor.ben_presence")
    await settled(cup)
    clear_as_another_program(cup, "anna", "ben")

    await pass_time(freezer, cup, 10)
    await pass_time(freezer, cup, 1)

    assert [await cup.presence_of(user) for user in ("anna", "ben")] == ["DND", "DND"]
    assert caplog.text.count(TOLD) == 1
    assert issue_of(hass, loaded)


async def test_person_whom_another_account_takes_over_is_not_told_of(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "do_not_disturb")
    await settled(cup)
    clear_as_another_program(cup, "anna")
    cup.accounts["other"] = ApplicationUser(PASSWORD)
    service = cup.simulator.service
    other = service.login_application("other", PASSWORD, force=False)
    service.login_end_user(other, "anna", force=False)

    await pass_time(freezer, cup, 10)
    await pass_time(freezer, cup, 10)

    assert issue_of(hass, loaded) is None


async def test_sessions_are_not_asked_about_while_nothing_is_published(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    asked = cup.asked()
    await pass_time(freezer, cup, 10)
    assert cup.asked() == asked


async def test_server_that_was_restarted_raises_no_issue(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "do_not_disturb")
    await settled(cup)
    await cup.inject("refuse_connections")
    await pass_time(freezer, cup, 10)
    cup.simulator.service.lose_sessions()
    await cup.heal()

    await pass_time(freezer, cup, 10)
    await pass_time(freezer, cup, 30)

    assert await cup.presence_of("anna") == "DND"
    assert issue_of(hass, loaded) is None


async def test_leaving_is_not_told(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, caplog: pytest.LogCaptureFixture
) -> None:
    await set_presence(hass, "do_not_disturb")
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert TOLD not in caplog.text
    assert issue_of(hass, loaded) is None


class Client:
    """Notes what it is asked, fails or waits where a test says so, and has counted failures."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.failure: PresenceServiceError | None = None
        self.is_broken_off = False
        self.answers = asyncio.Event()
        self.answers.set()
        self.traffic = SimpleNamespace(counts={("login", "OK"): 3})
        self.logged_in_users: frozenset[str] = frozenset()
        self.has_abandoned = False

    async def poll_contact(self, user: str, contact: str) -> None:
        self.asked.append((user, contact))
        try:
            await self.answers.wait()
        except asyncio.CancelledError:
            self.is_broken_off = True
            raise
        if self.failure:
            raise self.failure

    check_session = poll_contact

    async def check_sessions(self) -> None:
        self.asked.append(("check",))


class Watched:
    """A watch of the sessions of one account."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self._hass = hass
        self._freezer = freezer
        self.entry = MockConfigEntry(domain=DOMAIN, title="CUP", data={"webhook_id": SECRET})
        self.entry.add_to_hass(hass)
        self.client = Client()
        self.is_publishing = True
        self.published = {each: f"{each}@x" for each in ("ben", "carl", "dora")}
        self.found_shared: list[bool] = []
        self.watch = SessionWatch(
            hass,
            self.entry,
            cast("PresenceClient", self.client),
            Watcher(user="watcher", contact="watcher@example.com"),
            lambda: self.published if self.is_publishing else {},
            "hass",
            lambda: self.found_shared.append(True),
        )

    async def after(self, seconds: float = 0) -> list[tuple[str, ...]]:
        self._freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(self._hass)
        await self._hass.async_block_till_done(wait_background_tasks=self.client.answers.is_set())
        return self.client.asked

    async def lose(self, *users: str) -> bool:
        """Lose sessions in one turn; return whether that raises the issue."""
        for each in users:
            self.watch.async_note_lost(each)
        await self.after()
        is_raised = issue_of(self._hass, self.entry) is not None
        async_clear_issues(self._hass, self.entry, Issue.ACCOUNT_SHARED)
        return is_raised


@pytest.fixture
async def watched(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> AsyncGenerator[Watched]:
    watched = Watched(hass, freezer)
    watched.watch.async_start()
    yield watched
    await watched.watch.async_stop()


CHECK = [("watcher", "watcher@example.com"), ("check",)]


async def test_sessions_are_asked_about_every_ten_seconds_one_at_a_time(watched: Watched) -> None:
    assert await watched.after(9) == []
    assert await watched.after(1.1) == CHECK
    watched.client.answers.clear()
    await watched.after(10)
    assert await watched.after(10) == [*CHECK, CHECK[0]]
    watched.client.answers.set()
    await watched.after()
    watched.client.failure = ServerFailed()
    assert await watched.after(10) == [*CHECK * 2, CHECK[0]]
    watched.client.failure = None
    watched.is_publishing = False
    assert await watched.after(10) == [*CHECK * 2, CHECK[0]]
    watched.is_publishing = True
    assert await watched.after(10) == [*CHECK * 2, CHECK[0], *CHECK]
    await watched.watch.async_stop()
    assert await watched.after(20) == [*CHECK * 2, CHECK[0], *CHECK]


async def test_a_check_is_broken_off_at_a_stop(watched: Watched) -> None:
    watched.client.answers.clear()
    await watched.after(10.1)
    assert not watched.client.is_broken_off
    await watched.watch.async_stop()
    assert watched.client.is_broken_off


async def test_the_end_of_the_watchers_session_is_the_end_of_all(watched: Watched) -> None:
    assert not await watched.lose("anna")
    assert await watched.lose("anna", "watcher")
    assert not await watched.lose("anna")
    # The node that serves from now on has none of them.
    watched.watch.async_note_node_changed()
    assert not await watched.lose("watcher")
    assert await watched.lose("watcher")
    # Of a node without sessions nothing follows.
    watched.watch.async_note_node_changed()
    await watched.after()
    assert await watched.lose("watcher")
    await watched.watch.async_stop()
    assert not await watched.lose("watcher")


@pytest.mark.parametrize(
    ("result", "is_restart"),
    [
        ("AnswerLost", True),
        ("CannotConnect", True),
        ("CertificateChanged", True),
        ("UntrustedCertificate", True),
        ("ServerFailed", False),
    ],
)
async def test_ends_within_ten_minutes_after_a_failure_to_connect_are_a_restart(
    watched: Watched, result: str, *, is_restart: bool
) -> None:
    assert await watched.lose("watcher")
    watched.client.traffic.counts["poll", result] = 1
    # The failure is noted by the next check.
    await watched.after(10)
    await watched.after(599)
    assert await watched.lose("watcher") is not is_restart
    await watched.after(2)
    assert await watched.lose("watcher")
    watched.client.traffic.counts["poll", result] = 2
    assert await watched.lose("watcher") is not is_restart
    await watched.after(600)
    assert await watched.lose("watcher")


async def test_sessions_that_carry_presences_are_asked_about_in_turn(watched: Watched) -> None:
    watched.client.logged_in_users = frozenset({"watcher", "dora", "ben", "anna"})
    for user in ("ben", "dora", "ben"):
        watched.client.asked.clear()
        assert await watched.after(10.1) == [CHECK[0], (user, f"{user}@x"), CHECK[1]]


@pytest.mark.parametrize(
    ("lost", "logged_in", "has_abandoned", "is_told"),
    [
        (("ben",), {"ben"}, False, True),
        (("ben", "carl"), {"carl"}, False, True),
        # Nothing was published for her.
        (("anna",), {"anna"}, False, False),
        # Another account holds him.
        (("ben",), {"carl"}, False, False),
        # He has moved to another node.
        (("ben",), {"ben"}, True, False),
    ],
)
async def test_the_end_of_some_sessions_is_told_where_only_a_shared_account_explains_it(
    watched: Watched,
    monkeypatch: pytest.MonkeyPatch,
    lost: tuple[str, ...],
    logged_in: set[str],
    *,
    has_abandoned: bool,
    is_told: bool,
) -> None:
    monkeypatch.setattr(session_watch, "LOG_IN_SECONDS", 0.0)
    watched.client.logged_in_users = frozenset(logged_in)
    watched.client.has_abandoned = has_abandoned
    assert await watched.lose(*lost) is is_told
    assert bool(watched.found_shared) is is_told


async def test_a_restart_that_ends_some_sessions_is_no_sign_of_a_shared_account(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_watch, "LOG_IN_SECONDS", 0.0)
    watched.client.logged_in_users = frozenset({"ben"})
    watched.client.traffic.counts["poll", "CannotConnect"] = 1
    assert not await watched.lose("ben")
    assert not watched.found_shared
