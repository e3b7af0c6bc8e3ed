"""What may be set, paused and overruled: more than one thing after a failure or a loss."""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from custom_components.cisco_unified_presence.states import PRESENCES
from tests.control.expected_rules import ExpectedDoors

from .rules import ALL_RULES
from .scenario import CONTROLLED, WITH_MANUAL_CHANGES

# What a person may have overruled: presences, and what was set by an action.
MANUAL: Final = "manual setting"
OVERRULABLE: Final = frozenset({*PRESENCES.values(), MANUAL})


@dataclass(frozen=True, slots=True)
class ManualSetting:
    """A presence that was set by an action.

    It ends by wall-clock time. When that clock is set meanwhile, it may end at the time shown or
    after the duration; between the two both are right.
    """

    word: str
    begun: float
    lasts: float
    ends_at: float

    def may_be(self, now: float, wall: float, latest: float) -> set[bool]:
        """Return which answers to "does it still apply?" are right.

        Args:
            now: Monotonic seconds.
            wall: Wall-clock time.
            latest: The latest wall-clock time so far.
        """
        if not self.lasts:
            return {True}
        over = now >= self.begun + self.lasts
        if over and wall >= self.ends_at:
            return {False}
        return {True, False} if over or max(wall, latest) >= self.ends_at else {True}


class PossibleSettings:
    """What may be stored for people.

    Attributes:
        manual: By user id, the manual settings that may apply, None for no setting.
        overruled: By user id of those who choose, what the person may have overruled.
    """

    def __init__(self) -> None:
        self.manual: dict[str, set[ManualSetting | None]] = {user: {None} for user in CONTROLLED}
        self.overruled: dict[str, set[str]] = {user: set() for user in WITH_MANUAL_CHANGES}
        self._doors = [_open_doors()]

    def copy(self) -> Self:
        return deepcopy(self)

    def lose_manual(self, users: Iterable[str]) -> None:
        """Note that the manual settings of these people may be lost."""
        for user in users:
            self.manual[user].add(None)

    def lose_pauses(self) -> None:
        """Note that all pauses, and who does not follow rules, may be lost."""
        self._add_doors([_open_doors()])

    def forget(self, user: str) -> None:
        """Note that a person is removed, unless the person returns before that is noticed."""
        if user in self.manual:
            self.lose_manual([user])
            self.change_doors(lambda doors: doors.forget(user), surely=False)

    def change_doors(self, change: Callable[[ExpectedDoors], None], *, surely: bool) -> None:
        """Pause or resume rules, or let a person follow them; perhaps in vain."""
        before = deepcopy(self._doors)
        for doors in self._doors:
            change(doors)
        if not surely:
            self._add_doors(before)

    def closed(self, user: str, wall: float) -> Iterator[frozenset[str]]:
        """Yield the names of the rules that do not act for a person, more than once if unsure."""
        at = datetime.fromtimestamp(wall, UTC)
        for doors in self._doors:
            for numbers in doors.closed(user, at):
                yield frozenset(ALL_RULES[number].name for number in numbers)

    def _add_doors(self, further: Iterable[ExpectedDoors]) -> None:
        for each in further:
            if not any(vars(each) == vars(doors) for doors in self._doors):
                self._doors.append(each)


def _open_doors() -> ExpectedDoors:
    return ExpectedDoors(CONTROLLED, range(len(ALL_RULES)))
