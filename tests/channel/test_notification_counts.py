"""What is counted of requests at the callback."""

from collections.abc import Awaitable

from custom_components.cisco_unified_presence.channel.notification_counts import Notifications


async def test_requests_are_counted_by_what_they_are() -> None:
    counts = Notifications()
    fetches: list[str] = []

    async def fetched() -> None:
        fetches.append("fetched")

    handle = counts.counting(lambda number: number == 7, fetched)
    answers: list[Awaitable[None] | None] = [handle(each) for each in (7, 8, None, 7, 7, 8)]

    assert counts == Notifications(received=3, forged=2, ignored=1)
    waiting = [each for each in answers if each is not None]
    for each in waiting:
        await each
    assert fetches == ["fetched"] * 3
