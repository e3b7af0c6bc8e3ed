"""The live channel: self-test, renewal, recovery, falling back to polling and coming back."""

import asyncio
from datetime import timedelta
from types import MappingProxyType

from aiohttp import ClientSession
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigSubentry
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, STATE_UNAVAILABLE
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue

from .conftest import PASSWORD, SECRET, Cup, person, shown
from .waiting import pass_time, settled, until

CHANNEL = "sensor.cup_update_channel"
ANNA = "sensor.anna_presence"
BEN = "sensor.ben_presence"

FETCHES = "/basic/subscriptions/"
LOOKS = "/contacts/"
SUBSCRIPTIONS = "/watcher/subscriptions"

POLL = 60
SELF_TEST = 10
# A retry waits for twice as long as the last one, from two seconds, and up to a quarter longer.
RETRIES = (2.5, 5.0, 10.0)


def issue_of(hass: HomeAssistant, entry: MockConfigEntry, issue: Issue) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{issue}_{entry.entry_id}")


def subscription_id(cup: Cup) -> int:
    (subscription,) = cup.simulator.service.subscriptions
    return subscription.id


async def call_back(web_server: str, subscription: int) -> None:
    """Call like the server, or like somebody who pretends to be it."""
    async with (
        ClientSession() as session,
        session.get(f"{web_server}/api/webhook/{SECRET}?id={subscription}") as response,
    ):
        assert response.status == 200


@pytest.fixture
async def unheard(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, web_server: str, cup: Cup
) -> None:
    """Have the server's notifications get lost."""
    await cup.inject("drop_notifications")


# The way of a change


async def test_change_arrives_by_one_notification_and_one_fetch(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    before = cup.asked()

    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, ANNA) == "do_not_disturb")
    await settled(cup)

    assert cup.asked() == before + 1
    assert cup.asked("GET", LOOKS) == 0


async def test_notification_is_noted(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    coordinator = loaded.runtime_data.coordinator
    await settled(cup)
    first = coordinator.last_notification
    assert first is not None

    await pass_time(freezer, cup, 5)
    await cup.choose("anna", "DND")
    await settled(cup)

    assert coordinator.last_notification - first >= timedelta(seconds=5)


async def test_notification_during_a_fetch_makes_it_run_once_more(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    web_server: str,
) -> None:
    await settled(cup)
    await cup.inject("delay", delay=1, path=FETCHES, count=1)
    before = cup.asked("GET", FETCHES)
    await cup.choose("anna", "DND")
    await until(lambda: cup.asked("GET", FETCHES) == before + 1)

    for _ in range(5):
        await call_back(web_server, subscription_id(cup))
    await settled(cup)
    assert cup.asked("GET", FETCHES) == before + 1

    await pass_time(freezer, cup, 1)
    assert cup.asked("GET", FETCHES) == before + 2
    assert shown(hass, ANNA) == "do_not_disturb"


async def test_foreign_notification_costs_nothing(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    web_server: str,
) -> None:
    await settled(cup)
    before = cup.asked()
    heard = loaded.runtime_data.coordinator.last_notification
    freezer.tick(1)

    await call_back(web_server, subscription_id(cup) + 1)
    await settled(cup)

    assert cup.asked() == before
    assert loaded.runtime_data.coordinator.last_notification == heard


async def test_flood_of_notifications_costs_few_fetches(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    before = cup.asked("GET", FETCHES)

    for second in range(5):
        for _ in range(20):
            for _ in range(100):
                loaded.runtime_data.eventing.async_handle_notification(subscription_id(cup))
            await settled(cup)
        assert cup.asked("GET", FETCHES) <= before + 3 + second
        await pass_time(freezer, cup, 1)

    # It has not grown deaf: news passes the flood, within its second.
    await cup.choose("anna", "DND")
    await settled(cup)
    await pass_time(freezer, cup, 1)
    assert shown(hass, ANNA) == "do_not_disturb"
    # And news proves that the server calls, so that the next one need not wait.
    await cup.choose("anna", "AWAY")
    await until(lambda: shown(hass, ANNA) == "away")


async def test_news_in_a_flood_that_a_poll_outruns_is_not_held_against_the_server(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await pass_time(freezer, cup, POLL - 0.5)
    for _ in range(6):
        loaded.runtime_data.eventing.async_handle_notification(subscription_id(cup))
        await settled(cup)
    # The pause is on, and the poll comes first.
    await pass_time(freezer, cup, 0.5)
    await cup.choose("anna", "DND")
    await settled(cup)
    await pass_time(freezer, cup, 0.5)
    assert shown(hass, ANNA) == "do_not_disturb"

    await pass_time(freezer, cup, SELF_TEST)

    assert shown(hass, CHANNEL) == "eventing"


# The self-test


async def test_polling_covers_while_the_server_does_not_reach_us(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    unheard: None,
    loaded: MockConfigEntry,
    cup: Cup,
    web_server: str,
) -> None:
    assert shown(hass, ANNA) == "available"
    await pass_time(freezer, cup, SELF_TEST - 1)
    assert issue_of(hass, loaded, Issue.CALLBACK_UNREACHABLE) is None

    await pass_time(freezer, cup, 1)

    issue = issue_of(hass, loaded, Issue.CALLBACK_UNREACHABLE)
    assert issue is not None
    assert issue.translation_placeholders == {
        "title": "CUP",
        "url": f"{web_server}/api/webhook/{SECRET}",
    }
    assert shown(hass, CHANNEL) == "polling"

    await cup.choose("ben", "AWAY")
    await settled(cup)
    assert shown(hass, BEN) == "busy"
    await pass_time(freezer, cup, POLL)
    assert shown(hass, BEN) == "away"


async def test_eventing_returns_when_the_server_reaches_us_again(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    unheard: None,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "polling"
    await cup.heal()

    await pass_time(freezer, cup, 29)
    assert shown(hass, CHANNEL) == "polling"
    await pass_time(freezer, cup, 1)

    assert shown(hass, CHANNEL) == "eventing"
    assert issue_of(hass, loaded, Issue.CALLBACK_UNREACHABLE) is None
    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, ANNA) == "do_not_disturb")
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "eventing"


async def test_self_test_is_repeated_with_growing_pauses(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    unheard: None,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    for pause in (30, 60, 120, 240, 480, 900, 900):
        await pass_time(freezer, cup, SELF_TEST)
        subscribed = cup.asked("POST", SUBSCRIPTIONS)
        await pass_time(freezer, cup, pause - 1)
        assert cup.asked("POST", SUBSCRIPTIONS) == subscribed
        await pass_time(freezer, cup, 1)
        assert cup.asked("POST", SUBSCRIPTIONS) == subscribed + 1
    assert len((await cup.state())["subscriptions"]) == 1


async def test_self_test_goes_on_for_weeks(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    unheard: None,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    loaded.runtime_data.eventing._retests = 100_000
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "polling"
    await cup.heal()

    await pass_time(freezer, cup, 900)

    assert shown(hass, CHANNEL) == "eventing"


async def test_notification_that_overtakes_the_answer_to_subscribe_counts(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    await cup.inject("delay", delay=1, path=SUBSCRIPTIONS, method="POST", count=1)
    setting_up = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    await until(lambda: cup.asked("POST", SUBSCRIPTIONS) == 1)
    await settled(cup)
    await cup.simulator.notifier.deliver_all()
    await pass_time(freezer, cup, 1)
    assert await setting_up
    assert shown(hass, CHANNEL) == "eventing"

    await pass_time(freezer, cup, SELF_TEST)

    assert shown(hass, CHANNEL) == "eventing"
    assert issue_of(hass, entry, Issue.CALLBACK_UNREACHABLE) is None


async def test_notification_while_the_new_subscription_is_written_down_counts(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def remember_late(*_: object) -> None:
        await cup.simulator.notifier.deliver_all()

    monkeypatch.setattr(
        "custom_components.cisco_unified_presence.leftovers.LeftoverStore.async_remember",
        remember_late,
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)
    assert shown(hass, CHANNEL) == "eventing"

    await pass_time(freezer, cup, SELF_TEST)

    assert shown(hass, CHANNEL) == "eventing"


async def test_news_without_notification_is_a_reason_to_poll(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("drop_notifications")
    await cup.choose("anna", "DND")
    await settled(cup)
    assert shown(hass, ANNA) == "available"

    await pass_time(freezer, cup, POLL)
    assert shown(hass, ANNA) == "do_not_disturb"
    assert shown(hass, CHANNEL) == "eventing"

    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "polling"
    assert issue_of(hass, loaded, Issue.CALLBACK_UNREACHABLE) is not None


async def test_news_whose_notification_comes_late_is_no_reason_to_poll(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    web_server: str,
) -> None:
    await settled(cup)
    await cup.inject("drop_notifications")
    await cup.choose("anna", "DND")
    await pass_time(freezer, cup, POLL)

    await call_back(web_server, subscription_id(cup))
    await pass_time(freezer, cup, SELF_TEST)

    assert shown(hass, CHANNEL) == "eventing"


async def test_webhook_is_tested_once_home_assistant_has_started(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    hass.set_state(CoreState.starting)
    await cup.inject("drop_notifications", count=1)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await pass_time(freezer, cup, 2 * SELF_TEST)
    assert shown(hass, CHANNEL) == "polling"
    assert issue_of(hass, entry, Issue.CALLBACK_UNREACHABLE) is None
    first = subscription_id(cup)

    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await until(lambda: shown(hass, CHANNEL) == "eventing")

    await settled(cup)
    assert subscription_id(cup) != first


async def test_unloading_before_home_assistant_has_started_ends_the_waiting(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    hass.set_state(CoreState.starting)
    await cup.inject("drop_notifications")
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert await hass.config_entries.async_unload(entry.entry_id)
    before = cup.asked()

    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await settled(cup)

    assert cup.asked() == before


# Failures and recovery


async def test_failed_fetch_is_repeated_and_followed_by_a_look_at_everybody(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("error", code=200, path=FETCHES, count=2)
    before = cup.asked("GET", FETCHES)
    await cup.choose("anna", "DND")
    await settled(cup)
    assert cup.asked("GET", FETCHES) == before + 1

    await pass_time(freezer, cup, RETRIES[0])
    assert cup.asked("GET", FETCHES) == before + 2
    assert cup.asked("GET", LOOKS) == 0
    await pass_time(freezer, cup, 2.9)
    assert cup.asked("GET", FETCHES) == before + 2
    await pass_time(freezer, cup, RETRIES[1] - 2.9)

    assert cup.asked("GET", FETCHES) == before + 3
    assert shown(hass, ANNA) == "do_not_disturb"
    assert cup.asked("GET", LOOKS) == 3


async def test_news_of_a_repeated_fetch_are_not_held_against_the_server(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("error", code=200, path=FETCHES, count=1)
    await cup.choose("anna", "DND")
    await settled(cup)
    await pass_time(freezer, cup, RETRIES[0])
    assert shown(hass, ANNA) == "do_not_disturb"

    await pass_time(freezer, cup, SELF_TEST)

    assert shown(hass, CHANNEL) == "eventing"
    assert issue_of(hass, loaded, Issue.CALLBACK_UNREACHABLE) is None


async def test_news_lost_on_the_way_are_seen_by_looking(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("truncate", path=FETCHES, count=1)
    await cup.choose("anna", "DND")
    await settled(cup)
    assert shown(hass, ANNA) == "available"

    await pass_time(freezer, cup, RETRIES[0])

    assert shown(hass, ANNA) == "do_not_disturb"


async def test_look_that_was_under_way_when_news_were_lost_is_not_enough(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await pass_time(freezer, cup, 899)
    # Anna has been looked at before the change; the look at Clara takes long.
    await cup.inject("delay", delay=8, path="clara", count=1)
    await pass_time(freezer, cup, 1)
    assert cup.asked("GET", LOOKS) == 3
    await cup.inject("truncate", path=FETCHES, count=1)
    await cup.choose("anna", "DND")
    await settled(cup)
    await pass_time(freezer, cup, RETRIES[0])
    assert shown(hass, ANNA) == "available"

    await pass_time(freezer, cup, 8 - RETRIES[0])

    assert shown(hass, ANNA) == "do_not_disturb"


async def test_server_is_unreachable_after_three_failures_and_comes_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("refuse_connections")
    await pass_time(freezer, cup, POLL)
    assert shown(hass, ANNA) == "available"
    await pass_time(freezer, cup, RETRIES[0])
    assert shown(hass, ANNA) == "available"
    await pass_time(freezer, cup, RETRIES[1])
    assert shown(hass, ANNA) == STATE_UNAVAILABLE

    await cup.heal()
    await pass_time(freezer, cup, RETRIES[2])

    assert shown(hass, ANNA) == "available"
    assert shown(hass, CHANNEL) == "eventing"


async def test_contact_whose_look_always_fails_does_not_make_the_server_unreachable(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("error", code=200, path="/contacts/ben")
    await pass_time(freezer, cup, 900)
    for pause in (2.5, 5, 10, 20):
        await pass_time(freezer, cup, pause)
        assert shown(hass, ANNA) == "available"


async def test_retries_go_on_for_weeks_and_never_pause_longer_than_a_minute(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    loaded.runtime_data.eventing._failures = 100_000
    await cup.inject("refuse_connections")
    await pass_time(freezer, cup, POLL)
    assert shown(hass, ANNA) == STATE_UNAVAILABLE

    await cup.heal()
    await pass_time(freezer, cup, 75)

    assert shown(hass, ANNA) == "available"


async def test_failed_look_is_repeated(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("error", code=200, path=LOOKS)
    await pass_time(freezer, cup, 900)
    looks = cup.asked("GET", LOOKS)
    await cup.heal()

    await pass_time(freezer, cup, RETRIES[0])

    assert cup.asked("GET", LOOKS) == looks + 3


@pytest.mark.parametrize("lost", ["lose_subscriptions", "lose_sessions"])
async def test_lost_subscription_is_made_anew(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    lost: str,
) -> None:
    await settled(cup)
    await cup.inject(lost)
    await cup.choose("anna", "DND")

    await pass_time(freezer, cup, POLL)

    assert shown(hass, ANNA) == "do_not_disturb"
    state = await cup.state()
    assert len(state["endpoints"]) == len(state["subscriptions"]) == 1
    await cup.choose("anna", "AWAY")
    await until(lambda: shown(hass, ANNA) == "away")
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "eventing"


async def test_lost_endpoint_is_made_anew(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("lose_endpoints")
    await cup.choose("anna", "DND")
    await pass_time(freezer, cup, POLL)
    assert shown(hass, ANNA) == "do_not_disturb"
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "polling"

    await pass_time(freezer, cup, 30)

    assert shown(hass, CHANNEL) == "eventing"
    assert len((await cup.state())["endpoints"]) == 1
    await cup.choose("anna", "AWAY")
    await until(lambda: shown(hass, ANNA) == "away")


async def test_opening_anew_is_repeated_until_it_succeeds(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("lose_subscriptions")
    await cup.inject("error", code=200, path="/endpoints", count=2)
    await pass_time(freezer, cup, POLL)
    # The old endpoint could be neither taken away nor followed by a new one.
    assert len((await cup.state())["subscriptions"]) == 0

    await pass_time(freezer, cup, RETRIES[0])

    state = await cup.state()
    assert len(state["endpoints"]) == len(state["subscriptions"]) == 1
    assert shown(hass, CHANNEL) == "eventing"


# Renewal


async def test_endpoint_and_subscription_are_renewed_at_three_quarters(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    (made,) = (await cup.state())["subscriptions"]
    assert made["expires_in"] == 3 * 3600

    for _ in range(2):
        before = cup.asked("PUT")
        await pass_time(freezer, cup, 8099)
        assert cup.asked("PUT") == before
        await pass_time(freezer, cup, 1)
        assert cup.asked("PUT") == before + 2
        state = await cup.state()
        (endpoint,), (subscription,) = state["endpoints"], state["subscriptions"]
        assert endpoint["expires_in"] == subscription["expires_in"] == 3 * 3600
        assert subscription["id"] == made["id"]


async def test_failed_renewal_is_repeated(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    made = subscription_id(cup)
    await cup.inject("error", code=200, method="PUT", count=1)
    await pass_time(freezer, cup, 8100)
    await pass_time(freezer, cup, RETRIES[0])

    (subscription,) = (await cup.state())["subscriptions"]
    assert subscription["expires_in"] == 3 * 3600
    assert subscription["id"] == made


async def test_renewal_of_what_is_lost_makes_it_anew(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await pass_time(freezer, cup, 8099)
    await cup.inject("lose_endpoints")
    await pass_time(freezer, cup, 1)

    state = await cup.state()
    (endpoint,), (subscription,) = state["endpoints"], state["subscriptions"]
    assert subscription["endpoint"] == endpoint["id"]
    assert shown(hass, CHANNEL) == "eventing"


async def test_slow_look_proves_that_nothing_was_lost(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    for round_of_looks in (1, 2):
        await pass_time(freezer, cup, 899)
        assert cup.asked("GET", LOOKS) == 3 * (round_of_looks - 1)
        await pass_time(freezer, cup, 1)
        assert cup.asked("GET", LOOKS) == 3 * round_of_looks


# What the server refuses


@pytest.mark.parametrize(
    ("code", "path", "issue"),
    [
        (138, "/endpoints", Issue.NO_FREE_ENDPOINT),
        (139, SUBSCRIPTIONS, Issue.NO_FREE_SUBSCRIPTION),
        (142, "/endpoints", Issue.ENDPOINT_REFUSED),
    ],
)
async def test_refused_channel_is_polled_for_and_asked_for_again(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
    code: int,
    path: str,
    issue: Issue,
) -> None:
    await cup.inject("error", code=code, path=path, method="POST", count=1)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)
    assert issue_of(hass, entry, issue) is not None
    assert shown(hass, CHANNEL) == "polling"
    assert shown(hass, ANNA) == "available"

    await pass_time(freezer, cup, 30)

    assert issue_of(hass, entry, issue) is None
    assert shown(hass, CHANNEL) == "eventing"
    state = await cup.state()
    assert len(state["endpoints"]) == len(state["subscriptions"]) == 1


async def test_refused_channel_polls_at_the_interval(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    await cup.inject("error", code=138, path="/endpoints", method="POST")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)
    await cup.choose("anna", "DND")

    await pass_time(freezer, cup, POLL)

    assert shown(hass, ANNA) == "do_not_disturb"
    assert cup.asked("GET", FETCHES) == 0


async def test_wrong_password_later_asks_for_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    accounts = cup.simulator.service.configuration.application_users
    assert isinstance(accounts, dict)
    accounts["hass"] = ApplicationUser("another")
    await cup.inject("lose_sessions")

    await pass_time(freezer, cup, POLL)

    assert shown(hass, ANNA) == STATE_UNAVAILABLE
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert flow["context"]["entry_id"] == loaded.entry_id


async def test_refused_login_is_hardly_ever_tried_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    """Many refused logins in a row may lock the account."""
    await settled(cup)
    users = cup.simulator.service.configuration.application_users
    assert isinstance(users, dict)
    users["hass"] = ApplicationUser("another")
    await cup.inject("lose_sessions")
    await pass_time(freezer, cup, POLL)
    assert shown(hass, ANNA) == STATE_UNAVAILABLE
    logins = cup.asked("POST", "/hass/sessions")
    for _ in range(14):
        await pass_time(freezer, cup, POLL)
    assert cup.asked("POST", "/hass/sessions") == logins

    users["hass"] = ApplicationUser(PASSWORD)
    await pass_time(freezer, cup, POLL)
    assert shown(hass, ANNA) == "available"
    await cup.choose("anna", "AWAY")
    await until(lambda: shown(hass, ANNA) == "away")
    asked = cup.asked()
    await pass_time(freezer, cup, POLL)
    assert cup.asked() == asked + 1


async def test_contact_that_the_server_refuses_does_not_keep_the_others_out(
    hass: HomeAssistant, web_server: str, entry: MockConfigEntry, cup: Cup
) -> None:
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType({"user": "x", "contact": "x@y@example.com", "controlled": False}),
            subentry_type="person",
            title="Xaver",
            unique_id="person_x",
        ),
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: shown(hass, ANNA) == "available")
    assert shown(hass, CHANNEL) == "eventing"
    (subscription,) = (await cup.state())["subscriptions"]
    assert sorted(subscription["contacts"]) == [
        "anna@example.com",
        "ben@example.com",
        "clara@example.com",
    ]
    await hass.config_entries.async_unload(entry.entry_id)


async def test_without_a_subscription_nothing_is_fetched_or_renewed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    for _ in range(6):
        loaded.runtime_data.eventing.async_handle_notification(subscription_id(cup))
        await settled(cup)
    # The pause for empty fetches is on when the subscription is refused to be made anew.
    await cup.inject("error", code=139, path=SUBSCRIPTIONS, method="POST")
    ben = next(each for each in loaded.subentries.values() if each.title == "Ben")
    hass.config_entries.async_remove_subentry(loaded, ben.subentry_id)
    await settled(cup)
    assert issue_of(hass, loaded, Issue.NO_FREE_SUBSCRIPTION) is not None
    fetches = cup.asked("GET", FETCHES)

    await pass_time(freezer, cup, 1)
    assert cup.asked("GET", FETCHES) == fetches
    await pass_time(freezer, cup, 8100)
    assert cup.asked("PUT") == 0
    assert not await loaded.runtime_data.eventing._subscription.async_fetch()
    assert cup.asked("GET", FETCHES) == fetches


@pytest.mark.parametrize("entry_options", [{"poll_interval": 6}])
async def test_more_news_without_notification_does_not_prolong_the_test(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("drop_notifications")
    for presence in ("DND", "AWAY"):
        await cup.choose("anna", presence)
        await pass_time(freezer, cup, 6)
    assert shown(hass, ANNA) == "away"
    assert shown(hass, CHANNEL) == "eventing"

    await pass_time(freezer, cup, 4)

    assert shown(hass, CHANNEL) == "polling"


# People come and go


async def test_person_added_while_running_is_watched(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    cup.simulator.service.people.add("dora", "Dora")
    await cup.choose("dora", "AWAY")
    added = person("dora")
    made = cup.asked("POST", SUBSCRIPTIONS)
    hass.config_entries.async_add_subentry(
        loaded,
        ConfigSubentry(
            data=MappingProxyType(added["data"]),
            subentry_type=added["subentry_type"],
            title=added["title"],
            unique_id=added["unique_id"],
        ),
    )
    await until(lambda: hass.states.get("sensor.dora_presence") is not None)
    await until(lambda: shown(hass, "sensor.dora_presence") == "away")

    await settled(cup)
    (subscription,) = (await cup.state())["subscriptions"]
    assert "dora@example.com" in subscription["contacts"]
    assert cup.asked("POST", SUBSCRIPTIONS) == made
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "eventing"
    await cup.choose("dora", "DND")
    await until(lambda: shown(hass, "sensor.dora_presence") == "do_not_disturb")


async def test_subscription_that_cannot_be_changed_is_made_anew(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    made = cup.asked("POST", SUBSCRIPTIONS)
    await cup.inject("error", code=145, path=SUBSCRIPTIONS, method="PUT")
    added = person("dora")
    hass.config_entries.async_add_subentry(
        loaded,
        ConfigSubentry(
            data=MappingProxyType(added["data"]),
            subentry_type=added["subentry_type"],
            title=added["title"],
            unique_id=added["unique_id"],
        ),
    )
    await settled(cup)
    assert cup.asked("POST", SUBSCRIPTIONS) == made + 1
    (subscription,) = (await cup.state())["subscriptions"]
    assert "dora@example.com" in subscription["contacts"]
    assert shown(hass, CHANNEL) == "eventing"


async def test_person_removed_while_running_is_watched_no_longer(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    ben = next(each for each in loaded.subentries.values() if each.title == "Ben")
    hass.config_entries.async_remove_subentry(loaded, ben.subentry_id)
    await settled(cup)

    assert hass.states.get(BEN) is None
    assert er.async_get(hass).async_get(BEN) is None
    (subscription,) = (await cup.state())["subscriptions"]
    assert subscription["contacts"] == ["anna@example.com", "clara@example.com"]
    assert loaded.runtime_data.coordinator.presence_of("ben@example.com") is None


async def test_foreign_notifications_do_not_drown_the_servers_own(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    for number in range(100):
        loaded.runtime_data.eventing.async_handle_notification(1000 + number)
    ben = next(each for each in loaded.subentries.values() if each.title == "Ben")
    hass.config_entries.async_remove_subentry(loaded, ben.subentry_id)
    await settled(cup)

    await pass_time(freezer, cup, SELF_TEST)

    assert shown(hass, CHANNEL) == "eventing"


async def test_renaming_a_person_does_not_disturb_the_channel(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    before = cup.asked()
    ben = next(each for each in loaded.subentries.values() if each.title == "Ben")
    hass.config_entries.async_update_subentry(loaded, ben, title="Benjamin")
    await settled(cup)

    assert cup.asked() == before


async def test_without_people_the_watcher_watches_itself(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    for subentry_id in list(loaded.subentries):
        hass.config_entries.async_remove_subentry(loaded, subentry_id)
        await settled(cup)

    (subscription,) = (await cup.state())["subscriptions"]
    assert subscription["contacts"] == ["watcher@example.com"]
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "eventing"


# Without a place where notifications could come in


@pytest.fixture
async def without_callback(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup, entry: MockConfigEntry
) -> MockConfigEntry:
    """Set the entry up where Home Assistant speaks TLS and the webhook was demanded."""
    hass.config.internal_url = "https://home.example:8123"
    hass.config_entries.async_update_entry(entry, options={"callback": "webhook"})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)
    return entry


async def test_without_a_callback_everybody_is_looked_at(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    without_callback: MockConfigEntry,
    cup: Cup,
) -> None:
    assert shown(hass, ANNA) == "available"
    assert shown(hass, CHANNEL) == "polling"
    assert cup.asked("POST", "endpoints") == 0

    await cup.choose("anna", "DND")
    await pass_time(freezer, cup, POLL)

    assert shown(hass, ANNA) == "do_not_disturb"
    assert cup.asked("GET", LOOKS) == 6


async def test_without_a_callback_a_new_person_is_looked_at_at_once(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    without_callback: MockConfigEntry,
    cup: Cup,
) -> None:
    cup.simulator.service.people.add("dora", "Dora")
    added = person("dora")
    hass.config_entries.async_add_subentry(
        without_callback,
        ConfigSubentry(
            data=MappingProxyType(added["data"]),
            subentry_type=added["subentry_type"],
            title=added["title"],
            unique_id=added["unique_id"],
        ),
    )
    await settled(cup)
    await hass.async_block_till_done()

    assert shown(hass, "sensor.dora_presence") == "offline"
    assert cup.asked("POST", "endpoints") == 0


async def test_without_a_callback_looks_tell_whether_the_server_answers(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    without_callback: MockConfigEntry,
    cup: Cup,
) -> None:
    await cup.inject("refuse_connections")
    for pause in (POLL, *RETRIES[:2]):
        assert shown(hass, ANNA) == "available"
        await pass_time(freezer, cup, pause)
    assert shown(hass, ANNA) == STATE_UNAVAILABLE
    await cup.heal()
    await pass_time(freezer, cup, RETRIES[2])
    assert shown(hass, ANNA) == "available"


async def test_looks_do_not_pile_up(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    without_callback: MockConfigEntry,
    cup: Cup,
) -> None:
    before = cup.asked("GET", LOOKS)
    # Each look takes longer than the interval, and less than the request's patience.
    eventing = without_callback.runtime_data.eventing
    await cup.inject("delay", delay=5, path="anna", count=1)
    eventing._poll()
    await settled(cup)
    eventing._poll()
    eventing._poll()
    await settled(cup)
    assert cup.asked("GET", LOOKS) == before + 3

    await pass_time(freezer, cup, 5)
    await asyncio.sleep(0)
    assert cup.asked("GET", LOOKS) == before + 3
