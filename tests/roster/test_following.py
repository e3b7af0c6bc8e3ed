"""Whose presence is listened to."""

import asyncio
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import cast

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.pws import ContactPresence, Presence
from custom_components.cisco_unified_presence.roster import following
from custom_components.cisco_unified_presence.roster.following import FollowedPeople
from tests.common.people import people

KEYS = tuple(f"{name}@example.com" for name in ("anna", "ben", "clara", "dora", "emil"))


class Followed:
    """People who are followed, and of whom changes were told."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.coordinator = PresenceCoordinator("cup", people(*KEYS))
        self.unwanted = set[str]()
        self.told: list[str] = []
        self.people = FollowedPeople(
            hass, self.coordinator, self._told, lambda key: key not in self.unwanted
        )

    def _told(self, key: str) -> None:
        self.told.append(key)

    def change(self, key: str) -> list[str]:
        """Change a presence, and return of whom that was told."""
        self.told.clear()
        for presence in (Presence.AWAY, Presence.BUSY):
            self.coordinator.async_merge_fetch([ContactPresence(key, presence)])
        return self.told


async def turns() -> None:
    """Let the loop turn as often as five people need."""
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.fixture
def followed(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Followed:
    monkeypatch.setattr(following, "PEOPLE_PER_TURN", 2)
    return Followed(hass)


async def test_people_are_followed_in_turns(followed: Followed) -> None:
    followed.people.async_start()
    followed.people.async_follow(KEYS)
    assert followed.told == list(KEYS[:2])
    assert set(followed.people.keys) == set(KEYS[:2])
    await turns()
    assert followed.told == list(KEYS)
    followed.people.async_follow(KEYS[:1])
    assert followed.told == list(KEYS)
    assert followed.change(KEYS[4]) == [KEYS[4]] * 2


def test_the_last_people_need_no_further_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PEOPLE_PER_TURN", 2)
    turns: list[Callable[[], None]] = []
    loop = SimpleNamespace(call_soon=lambda action, keys: turns.append(partial(action, keys)))
    followed = Followed(cast("HomeAssistant", SimpleNamespace(loop=loop)))
    followed.people.async_start()
    followed.people.async_follow(KEYS[:2])
    assert turns == []
    followed.people.async_follow(KEYS[:3])
    turns.pop()()
    assert turns == []
    assert set(followed.people.keys) == set(KEYS[:3])


async def test_who_is_not_wanted_when_the_turn_comes_is_not_followed(
    followed: Followed,
) -> None:
    followed.people.async_start()
    followed.people.async_follow(KEYS)
    followed.unwanted = {KEYS[3]}
    await turns()
    assert set(followed.people.keys) == set(KEYS) - {KEYS[3]}


async def test_who_is_not_followed_any_more_tells_nothing(followed: Followed) -> None:
    followed.people.async_start()
    followed.people.async_follow(KEYS[:2])
    followed.people.async_unfollow(KEYS[0])
    assert followed.change(KEYS[0]) == []
    assert followed.change(KEYS[1]) == [KEYS[1]] * 2
    followed.people.async_follow(KEYS[:1])
    assert KEYS[0] in followed.people.keys


async def test_nobody_is_followed_before_the_start_and_after_the_stop(
    followed: Followed,
) -> None:
    followed.people.async_follow(KEYS[:1])
    assert not followed.people.keys
    followed.people.async_start()
    followed.people.async_follow(KEYS)
    followed.people.async_stop()
    await turns()
    assert not followed.people.keys
    assert followed.change(KEYS[0]) == []
