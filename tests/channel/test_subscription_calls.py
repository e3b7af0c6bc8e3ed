"""Which calls of the server are for the subscription: also early ones and late ones."""

from contextlib import suppress
from typing import Any

import pytest

from custom_components.cisco_unified_presence.channel import subscription as module
from custom_components.cisco_unified_presence.channel.subscription import WatchersSubscription
from custom_components.cisco_unified_presence.pws import ServerFailed
from tests.channel.subscription_parts import A, Subscribed


async def test_a_call_that_overtakes_the_answer_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subscribed = Subscribed(A)
    subscription = subscribed.subscription
    subscribe = subscribed.client.subscribe

    async def called_meanwhile(*arguments: Any) -> int:
        number = await subscribe(*arguments)
        assert not subscription.is_named_by(number)
        return number

    monkeypatch.setattr(subscribed.client, "subscribe", called_meanwhile)
    assert await subscription.async_open()
    assert await subscription.async_resubscribe()
    assert await subscription.async_refresh()


async def test_calls_with_other_numbers_are_remembered_up_to_a_limit() -> None:
    subscribed = Subscribed(A)
    for number in range(50, 50 + module.MAX_EARLY_NOTIFICATIONS):
        assert not subscribed.subscription.is_named_by(number)
    assert not subscribed.subscription.is_named_by(2)
    assert len(subscribed.subscription._notified_ids) == module.MAX_EARLY_NOTIFICATIONS


def named_among(subscription: WatchersSubscription, *numbers: int) -> list[int]:
    return [number for number in numbers if subscription.is_named_by(number)]


@pytest.mark.parametrize("step", ["open", "resubscribe", "refresh"])
async def test_earlier_calls_leave_room_for_one_that_overtakes_the_answer(
    opened: Subscribed, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    subscription = opened.subscription
    subscribe = opened.client.subscribe

    async def called_meanwhile(*arguments: Any) -> int:
        number = await subscribe(*arguments)
        subscription.is_named_by(number)
        return number

    monkeypatch.setattr(opened.client, "subscribe", called_meanwhile)
    assert named_among(subscription, *range(50, 50 + module.MAX_EARLY_NOTIFICATIONS)) == []
    match step:
        case "open":
            assert await subscription.async_open()
        case "resubscribe":
            assert await subscription.async_resubscribe()
        case "refresh":
            assert await subscription.async_refresh()


async def test_calls_for_what_the_latest_refresh_has_replaced_are_late(opened: Subscribed) -> None:
    subscription = opened.subscription
    await subscription.async_refresh()
    assert named_among(subscription, *range(1, 9)) == [2, 3, 4, 5]
    await subscription.async_refresh()
    assert named_among(subscription, *range(1, 9)) == [4, 5, 6, 7]
    await subscription.async_resubscribe()
    assert named_among(subscription, *range(1, 11)) == [8, 9]


async def test_calls_during_the_first_fetch_of_a_new_one_are_for_it(
    opened: Subscribed, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = opened.subscription
    named: list[int] = []

    async def called_meanwhile(_watcher: str, number: int, **_: object) -> None:
        named.extend(named_among(subscription, number))
        raise ServerFailed

    monkeypatch.setattr(opened.client, "fetch", called_meanwhile)
    with suppress(ServerFailed):
        await subscription.async_refresh()
    assert named == [4]
    # It is given up.
    assert named_among(subscription, *range(1, 9)) == [2, 3]
