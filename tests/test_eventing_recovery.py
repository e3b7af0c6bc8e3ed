"""The live channel: failures, recovery, renewal, and what the server refuses."""

from types import MappingProxyType

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState, ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue

from .channel import (
    ANNA,
    CHANNEL,
    FETCHES,
    LOOKS,
    POLL,
    RETRIES,
    SELF_TEST,
    SUBSCRIPTIONS,
    issue_of,
    subscription_id,
)
from .conftest import PASSWORD, Cup, shown
from .waiting import pass_time, settled, until

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


async def test_renewal_that_found_nothing_free_is_forgotten_when_the_server_calls(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await cup.inject("error", code=211, method="PUT", path=SUBSCRIPTIONS, count=1)
    await pass_time(freezer, cup, 3 * 3600 * 3 / 4)
    assert issue_of(hass, loaded, Issue.NO_FREE_SUBSCRIPTION)

    await cup.choose("anna", "DND")
    await settled(cup)

    assert shown(hass, CHANNEL) == "eventing"
    assert issue_of(hass, loaded, Issue.NO_FREE_SUBSCRIPTION) is None


@pytest.mark.parametrize("path", ["/presence/", LOOKS])
async def test_server_that_has_no_watches_left_is_asked_with_growing_pauses(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    path: str,
) -> None:
    await settled(cup)
    await cup.inject("error", code=211, path=path)
    await pass_time(freezer, cup, 900)
    before = cup.asked()
    for _ in range(10):
        await pass_time(freezer, cup, 6)

    assert cup.asked() - before < 20
    await cup.choose("anna", "DND")
    await cup.heal()
    await pass_time(freezer, cup, 90)
    assert (shown(hass, ANNA), shown(hass, CHANNEL)) == ("do_not_disturb", "eventing")


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


async def test_mistake_of_ours_is_logged_and_the_channel_begins_anew(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await settled(cup)
    before = loaded.runtime_data

    async def fail() -> bool:
        raise LookupError("nobody has thought of this")

    monkeypatch.setattr(before.eventing._subscription, "async_fetch", fail)
    await cup.choose("anna", "DND")
    await until(lambda: loaded.state is ConfigEntryState.LOADED and loaded.runtime_data != before)

    assert "cisco_unified_presence work ended unexpectedly" in caplog.text
    await until(lambda: shown(hass, ANNA) == "do_not_disturb")
    await cup.choose("anna", "AVAILABLE")
    await until(lambda: shown(hass, ANNA) == "available")
