"""Which rules may decide for people in any sequence of events, reckoned from the events alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

from bench.working_week.scenario import PlannedRule
from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.states import PRESENCES

type Cell = tuple[str, int]
type Scope = tuple[frozenset[str] | None, int | None]


@dataclass(frozen=True, slots=True)
class ExpectedPause:
    """A pause: which rules rest for whom.

    Attributes:
        cells: The people and rules of it that were not resumed.
        until: When it ends, None for no end.
        is_sure: Whether that is known; once the clock jumps it may have ended in between.
    """

    cells: frozenset[Cell]
    until: datetime | None = None
    is_sure: bool = True


class ExpectedDoors:
    """The doors through which a rule acts for a person: pauses, and who follows rules."""

    def __init__(self, users: Iterable[str], numbers: Iterable[int]) -> None:
        """Begin with all doors open."""
        self._all = frozenset(product(users, numbers))
        self._pauses: dict[Scope, ExpectedPause] = {}
        self.not_following: set[str] = set()

    def pause(self, scope: Scope, until: datetime | None) -> None:
        """Pause a rule for people; None stands for all."""
        self._pauses[scope] = ExpectedPause(self._cells(scope), until)

    def resume(self, scope: Scope) -> None:
        """End all pauses in a scope."""
        gone = self._cells(scope)
        left = {key: replace(each, cells=each.cells - gone) for key, each in self._pauses.items()}
        self._pauses = {key: each for key, each in left.items() if each.cells}

    def forget(self, user: str) -> None:
        """Note that a person was removed, and with the person what concerned nobody else."""
        gone = {cell for cell in self._all if cell[0] == user}
        left = {
            scope: each if scope[0] is None else replace(each, cells=each.cells - gone)
            for scope, each in self._pauses.items()
        }
        self._pauses = {scope: each for scope, each in left.items() if each.cells}
        self.not_following.discard(user)

    def note_jump(self) -> None:
        """Note that the clock is set."""
        self._pauses = {
            key: replace(each, is_sure=each.until is None) for key, each in self._pauses.items()
        }

    def closed(self, user: str, now: datetime) -> Iterator[frozenset[int]]:
        """Return the rules that do not act for a person; several sets where that is not known."""
        pauses = [
            each
            for each in self._pauses.values()
            if each.until is None or each.until > now or not each.is_sure
        ]
        for lasting in product(*([True] if each.is_sure else [True, False] for each in pauses)):
            in_force = [each for each, lasts in zip(pauses, lasting, strict=True) if lasts]
            cells = frozenset[Cell]().union(*(each.cells for each in in_force))
            if user in self.not_following:
                cells |= {cell for cell in self._all if cell[0] == user}
            yield frozenset(number for of_user, number in cells if of_user == user)

    def _cells(self, scope: Scope) -> frozenset[Cell]:
        people, number = scope
        return frozenset(
            cell
            for cell in self._all
            if (people is None or cell[0] in people) and (number is None or cell[1] == number)
        )


class ExpectedGroups:
    """Who is in which group; groups may be in one another.

    Attributes:
        words: The words that each group names.
    """

    def __init__(self, users: Iterable[str], words: Mapping[str, tuple[str, ...]]) -> None:
        self._users = frozenset(users)
        self.words = dict(words)

    def put(self, name: str, words: tuple[str, ...]) -> None:
        """Let a group name others."""
        self.words[name] = words

    def people(self, words: Iterable[str]) -> frozenset[str]:
        """Return whom words mean."""
        meant = set(words)
        while more := {word for group in meant for word in self.words.get(group, ())} - meant:
            meant |= more
        return frozenset(meant & self._users)


def expected_winner(
    in_order: Iterable[PlannedRule], own: str, manual: RequestedPresence | None
) -> RequestedPresence | None:
    """Return what wins, of rules that hold and act for a person, and a manual setting."""
    free = [each for each in in_order if own not in each.yields_to]
    if manual:
        free = [each for each in free if each.beats_manual]
    if not free:
        return manual
    highest = max(each.priority for each in free)
    first = next(each for each in free if each.priority == highest)
    return RequestedPresence(PRESENCES[first.presence], override=True)
