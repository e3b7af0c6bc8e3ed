"""The subscription without a server: what is asked of the client, and what becomes of people."""

import asyncio
from contextlib import suppress

import pytest

from custom_components.cisco_unified_presence.channel import subscription as module
from custom_components.cisco_unified_presence.pws import (
    BadContact,
    ContactPresence,
    NoFreeSubscription,
    ServerFailed,
)
from tests.channel.subscription_parts import BUSY, EXPIRY, WATCHER, A, B, C, D, E, Subscribed

pytestmark = pytest.mark.usefixtures("two_to_a_subscription")


async def test_what_is_asked_to_open_and_close() -> None:
    subscribed = Subscribed(A, B, C)
    subscription, client = subscribed.subscription, subscribed.client
    assert not subscription.is_open
    assert not await subscription.async_open()
    assert subscription.is_open
    assert client.took() == [
        ("register", "http://ha/", EXPIRY, "watcher"),
        ("subscribe", "watcher", [A, B], 101, EXPIRY),
        ("subscribe", "watcher", [C], 101, EXPIRY),
    ]
    await subscription.async_open()
    assert client.took()[:4] == [
        ("unsubscribe", "watcher", 2),
        ("unsubscribe", "watcher", 3),
        ("unregister", 101),
        ("register", "http://ha/", EXPIRY, "watcher"),
    ]
    assert subscribed.parts == [[A, B], [C]]
    await subscription.async_close()
    assert not subscription.is_open
    assert client.took() == [
        ("unsubscribe", "watcher", 5),
        ("unsubscribe", "watcher", 6),
        ("unregister", 104),
    ]


async def test_without_people_the_watcher_is_watched_and_not_missed() -> None:
    subscribed = Subscribed()
    await subscribed.subscription.async_open()
    assert subscribed.parts == [[WATCHER]]
    assert not await subscribed.subscription.async_fetch()
    assert not subscribed.subscription.has_left_out


async def test_what_is_renewed(opened: Subscribed) -> None:
    await opened.subscription.async_renew()
    assert opened.client.took() == [
        ("renew endpoint", 101, EXPIRY),
        ("renew", "watcher", 2, EXPIRY, {"endpoint": 101}),
        ("renew", "watcher", 3, EXPIRY, {"endpoint": 101}),
    ]
    await opened.subscription.async_close()
    opened.client.took()
    await opened.subscription.async_renew()
    assert opened.client.took() == []
    await opened.subscription.async_fail_back()
    await opened.subscription.async_check_further_nodes()
    assert opened.client.took() == [("fail back",), ("check sessions",)]


async def test_news_is_handed_on_and_who_is_left_out_is_known(opened: Subscribed) -> None:
    subscription, client = opened.subscription, opened.client
    assert not subscription.has_left_out
    assert not subscription.has_news_of_unnamed
    client.news = {2: [ContactPresence(A, BUSY)], 3: []}
    assert await subscription.async_fetch()
    assert opened.shown(A) is BUSY
    assert subscription.left_out == subscription.without_first_picture == [B, C]
    assert subscription.has_left_out
    assert not subscription.has_news_of_unnamed
    client.news = {3: [ContactPresence("", BUSY)]}
    assert await subscription.async_fetch()
    assert subscription.has_news_of_unnamed
    client.news = {2: [ContactPresence(B, BUSY)]}
    assert await subscription.async_fetch()
    assert not subscription.has_news_of_unnamed
    client.news = {}
    assert not await subscription.async_fetch()
    assert subscription.left_out == [B, C]
    assert subscription.counts == {
        "subscribed": 3,
        "without_subscription": 0,
        "left_out_by_first_fetch": 2,
        "refused": 0,
    }


async def test_much_news_is_merged_in_batches(
    opened: Subscribed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONTACTS_PER_BATCH", 1)
    opened.client.news = {2: [ContactPresence(A, BUSY), ContactPresence(B, BUSY)]}
    between: list[object] = []
    loop = asyncio.get_running_loop()
    loop.call_soon(lambda: between.append((opened.shown(A), opened.shown(B))))
    await opened.subscription.async_fetch()
    assert between == [(BUSY, None)]
    assert (opened.shown(A), opened.shown(B)) == (BUSY, BUSY)


async def test_a_first_picture_that_is_lost_is_not_awaited_again(opened: Subscribed) -> None:
    opened.client.failures["fetch"] = ServerFailed()
    with suppress(ServerFailed):
        await opened.subscription.async_fetch()
    opened.client.failures.clear()
    await opened.subscription.async_fetch()
    assert opened.subscription.left_out == [C]


async def test_people_are_added_and_removed(opened: Subscribed) -> None:
    opened.watch(A, C, D, E)
    assert await opened.subscription.async_change()
    assert opened.parts == [[A, D], [C, E]]
    assert opened.client.took() == [
        ("remove", "watcher", 2, [B]),
        ("remove", "watcher", 3, []),
        ("renew", "watcher", 2, 0, {"contacts": [D], "endpoint": 101}),
        ("renew", "watcher", 3, 0, {"contacts": [E], "endpoint": 101}),
    ]
    # Of who was removed and of who came later, no first picture is missing.
    opened.client.news = {2: [ContactPresence(A, BUSY)], 3: [ContactPresence(C, BUSY)]}
    await opened.subscription.async_fetch()
    assert opened.subscription.left_out == [D, E]
    opened.client.took()
    opened.watch(A, B, C, D, E)
    assert await opened.subscription.async_change()
    assert opened.subscription.left_out == []
    assert opened.parts == [[A, D], [C, E], [B]]
    # To full ones nobody is added.
    assert [asked[0] for asked in opened.client.took()] == ["remove", "remove", "subscribe"]


@pytest.mark.parametrize("why", ["cannot remove", "refused", "closed", "unsubscribed"])
async def test_a_change_that_needs_another_subscription(opened: Subscribed, why: str) -> None:
    match why:
        case "cannot remove":
            opened.client.can_remove = False
        case "refused":
            opened.client.failures["remove"] = ServerFailed()
        case "closed":
            await opened.subscription.async_close()
        case "unsubscribed":
            opened.subscription.unsubscribed = [D]
    opened.watch(A)
    assert not await opened.subscription.async_change()


async def test_who_is_only_added_needs_no_removal(opened: Subscribed) -> None:
    opened.client.can_remove = False
    opened.watch(A, B, C, D)
    assert await opened.subscription.async_change()
    assert opened.parts == [[A, B], [C, D]]


async def test_a_new_subscription_takes_the_place_of_the_former_one(opened: Subscribed) -> None:
    opened.client.free = 1
    opened.watch(A, C, D)
    assert not await opened.subscription.async_resubscribe()
    assert opened.parts == [[A, C]]
    assert opened.subscription.unsubscribed == [D]
    assert opened.client.took() == [
        ("unsubscribe", "watcher", 2),
        ("unsubscribe", "watcher", 3),
        ("subscribe", "watcher", [A, C], 101, EXPIRY),
        ("subscribe", "watcher", [D], 101, EXPIRY),
    ]
    opened.client.free = 0
    with suppress(NoFreeSubscription):
        await opened.subscription.async_resubscribe()
    assert opened.parts == []
    assert opened.subscription.unsubscribed == []


async def test_who_was_missed_is_awaited_anew_by_a_new_subscription(opened: Subscribed) -> None:
    await opened.subscription.async_fetch()
    assert opened.subscription.left_out == [A, B, C]
    await opened.subscription.async_resubscribe()
    assert opened.subscription.left_out == []


async def test_without_an_endpoint_it_is_opened_anew() -> None:
    subscribed = Subscribed(A)
    await subscribed.subscription.async_resubscribe()
    assert [asked[0] for asked in subscribed.client.took()] == ["register", "subscribe"]


async def test_a_refresh_replaces_one_part_after_the_other(opened: Subscribed) -> None:
    opened.client.news = {4: [ContactPresence(A, BUSY)], 5: [ContactPresence(C, BUSY)]}
    opened.subscription.left_out = [A]
    assert not await opened.subscription.async_refresh()
    assert opened.client.took() == [
        ("subscribe", "watcher", [A, B], 101, EXPIRY),
        ("fetch", "watcher", 4),
        ("unsubscribe", "watcher", 2),
        ("subscribe", "watcher", [C], 101, EXPIRY),
        ("fetch", "watcher", 5),
        ("unsubscribe", "watcher", 3),
    ]
    assert opened.shown(C) is BUSY
    assert opened.subscription.left_out == [B]
    subscription = opened.subscription
    # A late call for a former one, which the refresh has replaced, is no forged one.
    assert [number for number in range(1, 7) if subscription.is_named_by(number)] == [2, 3, 4, 5]
    assert [number for number in range(1, 7) if subscription.is_unfetched(number)] == [4, 5]


async def test_without_an_endpoint_nothing_is_refreshed() -> None:
    subscribed = Subscribed(A)
    assert not await subscribed.subscription.async_refresh()
    assert subscribed.client.took() == []


@pytest.mark.parametrize("names_bad", [True, False])
async def test_refused_contacts_are_left_out(*, names_bad: bool) -> None:
    subscribed = Subscribed(A, B, C)
    subscribed.client.bad, subscribed.client.names_bad = {A}, names_bad
    await subscribed.subscription.async_open()
    assert subscribed.parts == [[B], [C]]
    polls = [asked for asked in subscribed.client.took() if asked[0] == "poll"]
    assert polls == ([] if names_bad else [("poll", A), ("poll", B)])
    assert subscribed.subscription.without_first_picture == [A]
    assert subscribed.subscription.has_left_out
    assert subscribed.subscription.counts["refused"] == 1
    await subscribed.subscription.async_resubscribe()
    assert subscribed.parts == [[B, C]]


async def test_all_refused() -> None:
    subscribed = Subscribed(A, B)
    subscribed.client.bad = {A, B}
    await subscribed.subscription.async_open()
    assert subscribed.parts == []
    subscribed.client.took()
    await subscribed.subscription.async_renew()
    assert not await subscribed.subscription.async_change()
    assert subscribed.client.took() == []


async def test_who_is_refused_is_missed_while_a_person(opened: Subscribed) -> None:
    opened.client.bad = {A}
    await opened.subscription.async_resubscribe()
    assert opened.subscription.has_left_out
    opened.watch(B, C)
    assert not opened.subscription.has_left_out
    assert opened.subscription.without_first_picture == []


async def test_a_refusal_of_nobody_in_particular_is_raised() -> None:
    subscribed = Subscribed(A)
    error = subscribed.client.failures["subscribe"] = BadContact(contact=None)
    with pytest.raises(BadContact) as raised:
        await subscribed.subscription.async_open()
    assert raised.value is error
