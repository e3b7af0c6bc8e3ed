"""What is done to Home Assistant shortly before it is killed, and what may be requested after."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from random import Random
from typing import Any, Final, Self

from .installation import PEOPLE, ROOMS, RULES

WORDS: Final = ("busy", "do_not_disturb", "away", "offline")
MAX_DURATION: Final = 3.0


class Kind(StrEnum):
    """The kinds of acts."""

    SET = "set"
    CLEAR = "clear"
    ENTER = "enter"
    LEAVE = "leave"
    SWITCH_ON = "switch on"
    SWITCH_OFF = "switch off"
    REMOVE_PERSON = "remove person"
    ADD_PERSON = "add person"
    REMOVE_ENTRY = "remove entry"
    ADD_ENTRY = "add entry"


# How often each kind is drawn.
WEIGHTS: Final = {
    Kind.SET: 8,
    Kind.CLEAR: 4,
    Kind.ENTER: 3,
    Kind.LEAVE: 3,
    Kind.SWITCH_ON: 2,
    Kind.SWITCH_OFF: 2,
    Kind.REMOVE_PERSON: 1,
}


SWITCHES: Final = frozenset({Kind.SWITCH_ON, Kind.SWITCH_OFF})


@dataclass(frozen=True, slots=True)
class Act:
    """An act.

    Attributes:
        subject: The user, or the name of a rule.
        word: The presence to set.
        lasts: Seconds until a setting ends, 0 for never.
    """

    kind: Kind
    subject: str = ""
    word: str = ""
    lasts: float = 0.0

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**{**data, "kind": Kind(data["kind"])})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def draw(random: Random, *, removes_entry: bool) -> list[Act]:
    """Return the acts of one round: several people at a time, each at most once."""
    if removes_entry:
        return [_set(random, user) for user in random.sample(PEOPLE, 4)] + [Act(Kind.REMOVE_ENTRY)]
    kinds = random.choices(list(WEIGHTS), list(WEIGHTS.values()), k=random.randint(1, 5))
    users = random.sample(PEOPLE, len(kinds))
    acts = [_draw(random, kind, user) for kind, user in zip(kinds, users, strict=True)]
    # Of a rule's switch only one position at a time, or the order of the answers would count.
    switched = {act.subject: act for act in acts if act.kind in SWITCHES}
    return [act for act in acts if act.kind not in SWITCHES or switched[act.subject] is act]


def _draw(random: Random, kind: Kind, user: str) -> Act:
    if kind is Kind.SET:
        return _set(random, user)
    if kind in {Kind.CLEAR, Kind.REMOVE_PERSON}:
        return Act(kind, user)
    return Act(kind, random.choice(list(ROOMS)))


def _set(random: Random, user: str) -> Act:
    lasts = random.choice([0.0, 0.0, round(random.uniform(1.0, MAX_DURATION), 1)])
    return Act(Kind.SET, user, random.choice(WORDS), lasts)


@dataclass(slots=True)
class Expectation:
    """What may be requested for each person, as far as it is known from outside.

    An act that Home Assistant has confirmed holds. One that it has not may hold or not. Settings
    with an end are checked only after it.

    Attributes:
        manual: The words that may be set by hand; None for nothing.
        switches: The positions in which the switch of each rule may be.
        rooms: Who is where; the rooms' sensors are told again at each start.
    """

    manual: dict[str, set[str | None]] = field(
        default_factory=lambda: {user: {None} for user in PEOPLE}
    )
    switches: dict[str, set[bool]] = field(default_factory=lambda: {name: {True} for name in ROOMS})
    rooms: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(ROOMS, False))

    def begin(self, act: Act) -> None:
        """Note that an act was begun, so that it may have its effect from now on."""
        match act.kind:
            case Kind.SET:
                self.manual[act.subject] |= self._after_set(act)
            case Kind.CLEAR | Kind.REMOVE_PERSON:
                self.manual[act.subject] |= {None}
            case Kind.REMOVE_ENTRY:
                for possible in self.manual.values():
                    possible.add(None)
            case Kind.ENTER | Kind.LEAVE:
                self.rooms[act.subject] = act.kind is Kind.ENTER
            case Kind.SWITCH_ON | Kind.SWITCH_OFF:
                self.switches[act.subject] |= {act.kind is Kind.SWITCH_ON}

    def confirm(self, act: Act) -> None:
        """Note that Home Assistant has said that an act is done."""
        match act.kind:
            case Kind.SET:
                self.manual[act.subject] = self._after_set(act)
            case Kind.CLEAR:
                self.manual[act.subject] = {None}
            case Kind.SWITCH_ON | Kind.SWITCH_OFF:
                self.switches[act.subject] = {act.kind is Kind.SWITCH_ON}

    def forget(self, user: str) -> None:
        """Note that a person was removed and added again."""
        self.manual[user] = {None}

    def requested_for(self, user: str) -> set[str | None]:
        """Return the words that may be requested; None for the person's own devices."""
        manual = self.manual[user]
        return (manual - {None}) | self._by_rules(user) if None in manual else set(manual)

    def _by_rules(self, user: str) -> set[str | None]:
        """Return what rules may request, from the rule that wins over the others downwards."""
        possible = set[str | None]()
        for rule in reversed(RULES):
            if user not in rule.people or not self.rooms[rule.name]:
                continue
            if True in self.switches[rule.name]:
                possible.add(rule.presence)
            if False not in self.switches[rule.name]:
                return possible
        return possible | {None}

    @staticmethod
    def _after_set(act: Act) -> set[str | None]:
        return {None} if act.lasts else {act.word}
