"""What is done to Home Assistant shortly before it is killed."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from random import Random
from typing import Any, Final, Self

from .installation import PEOPLE, ROOMS

WORDS: Final = ("busy", "do_not_disturb", "away", "offline")
AUTOMATIC: Final = "automatic"
NOTES: Final = ("In the yard", "Back soon")
MAX_DURATION: Final = 3.0
MAX_MEMBERS: Final = 4
# In seconds.
POLL_INTERVALS: Final = (30, 90)
ROUNDS_UNTIL_REMOVAL: Final = 12


class Kind(StrEnum):
    """The kinds of acts."""

    SET = "set"
    CLEAR = "clear"
    SELECT = "select"
    WRITE_NOTE = "write note"
    CLEAR_NOTE = "clear note"
    ENTER = "enter"
    LEAVE = "leave"
    SWITCH_ON = "switch on"
    SWITCH_OFF = "switch off"
    FOLLOW_ON = "follow rules"
    FOLLOW_OFF = "follow no rules"
    PAUSE = "pause"
    RESUME = "resume"
    OPTIONS = "options"
    MEMBERS = "members"
    RELOAD = "reload"
    REMOVE_PERSON = "remove person"
    ADD_PERSON = "add person"
    REMOVE_ENTRY = "remove entry"
    ADD_ENTRY = "add entry"
    ASK = "ask"


# How often each kind is drawn.
WEIGHTS: Final = {
    Kind.SET: 6,
    Kind.CLEAR: 3,
    Kind.SELECT: 3,
    Kind.WRITE_NOTE: 2,
    Kind.CLEAR_NOTE: 1,
    Kind.ENTER: 4,
    Kind.LEAVE: 4,
    Kind.SWITCH_ON: 2,
    Kind.SWITCH_OFF: 2,
    Kind.FOLLOW_ON: 2,
    Kind.FOLLOW_OFF: 2,
    Kind.PAUSE: 2,
    Kind.RESUME: 2,
    Kind.OPTIONS: 1,
    Kind.MEMBERS: 2,
    Kind.RELOAD: 1,
    Kind.REMOVE_PERSON: 1,
}

# What is done to the entry as a whole.
OF_ENTRY: Final = frozenset(
    {Kind.OPTIONS, Kind.MEMBERS, Kind.RELOAD, Kind.ADD_ENTRY, Kind.REMOVE_ENTRY}
)
OF_PEOPLE: Final = frozenset({Kind.REMOVE_PERSON, Kind.ADD_PERSON})
SWITCHES: Final = frozenset({Kind.SWITCH_ON, Kind.SWITCH_OFF})
OF_RULE: Final = frozenset({Kind.ENTER, Kind.LEAVE}) | SWITCHES
OF_MANUAL: Final = frozenset({Kind.SET, Kind.CLEAR, Kind.SELECT, Kind.WRITE_NOTE, Kind.CLEAR_NOTE})
# What turns something on or off.
TURNS_ON: Final = {
    Kind.FOLLOW_ON: True,
    Kind.FOLLOW_OFF: False,
    Kind.PAUSE: True,
    Kind.RESUME: False,
    Kind.SWITCH_ON: True,
    Kind.SWITCH_OFF: False,
}


@dataclass(frozen=True, slots=True)
class Act:
    """An act.

    Attributes:
        subject: The user, or the name of a rule.
        word: The presence to set, the note to write, or the members with spaces between them.
        lasts: Seconds until a setting or a pause ends, 0 for never.
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


def draw(random: Random) -> list[Act]:
    """Return the acts of one round: several people at a time, each at most once."""
    if random.randrange(ROUNDS_UNTIL_REMOVAL) == 0:
        return [_set(random, user) for user in random.sample(PEOPLE, 4)] + [Act(Kind.REMOVE_ENTRY)]
    kinds = random.choices(list(WEIGHTS), list(WEIGHTS.values()), k=random.randint(1, 5))
    users = random.sample(PEOPLE, len(kinds))
    acts = [_draw(random, kind, user) for kind, user in zip(kinds, users, strict=True)]
    # Of a rule's switch only one position at a time, or the order of the answers would count.
    switched = {act.subject: act for act in acts if act.kind in SWITCHES}
    return [act for act in acts if act.kind not in SWITCHES or switched[act.subject] is act]


def _draw(random: Random, kind: Kind, user: str) -> Act:
    if kind in OF_RULE:
        return Act(kind, random.choice(list(ROOMS)))
    if kind is Kind.SET:
        return _set(random, user)
    if kind is Kind.PAUSE:
        return Act(kind, user, lasts=_lasts(random))
    return Act(kind, "" if kind in OF_ENTRY else user, _word(random, kind))


def _word(random: Random, kind: Kind) -> str:
    match kind:
        case Kind.SELECT:
            return random.choice((*WORDS, AUTOMATIC))
        case Kind.WRITE_NOTE:
            return random.choice(NOTES)
        case Kind.MEMBERS:
            return " ".join(random.sample(PEOPLE, random.randint(1, MAX_MEMBERS)))
        case Kind.OPTIONS:
            return str(random.randint(*POLL_INTERVALS))
    return ""


def _set(random: Random, user: str) -> Act:
    return Act(Kind.SET, user, random.choice(WORDS), _lasts(random))


def _lasts(random: Random) -> float:
    return random.choice([0.0, 0.0, round(random.uniform(1.0, MAX_DURATION), 1)])
