"""A course: what happens and when, as a list that can be written to a file and replayed."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
import json
from typing import Any, Self

# In place of a user id.
ALL = "all"


class FaultKind(StrEnum):
    """The kinds of faults."""

    THROTTLE = "throttle"
    ERROR = "error"
    DELAY = "delay"
    GARBAGE = "garbage"
    TRUNCATE = "truncate"
    CUT_ANSWERS = "cut answers"
    DROP_CONNECTIONS = "drop connections"
    HANG = "hang"
    REFUSE = "refuse"
    LOSE_SESSIONS = "lose sessions"
    LOSE_ENDPOINTS = "lose endpoints"
    LOSE_SUBSCRIPTIONS = "lose subscriptions"
    LOSE_NOTIFICATIONS = "lose notifications"
    REPEAT_NOTIFICATIONS = "repeat notifications"
    DELAY_NOTIFICATIONS = "delay notifications"
    FORGE_NOTIFICATIONS = "forge notifications"
    STOP_NODE = "stop node"
    CUT_NODE = "cut node"
    RESTART_SERVER = "restart server"
    RESTART_HOME = "restart Home Assistant"
    KILL_HOME = "kill Home Assistant"
    RELOAD_ENTRY = "reload entry"
    UNLOAD_ENTRY = "unload entry"
    SET_CLOCK = "set clock"
    CHANGE_CERTIFICATE = "change certificate"
    CHANGE_OPTIONS = "change options"
    SET_TIME_ZONE = "set time zone"
    DAMAGE_STORAGE = "damage storage"
    BREAK_RECORD = "break record"
    RESTORE_STORAGE = "restore storage"


class ActKind(StrEnum):
    """What people and rooms do, and what is changed in the configuration."""

    CHOOSE = "choose"
    UNCHOOSE = "unchoose"
    REPORT = "report"
    SET = "set"
    CLEAR = "clear"
    ENTER = "enter"
    LEAVE = "leave"
    ADD_PERSON = "add person"
    REMOVE_PERSON = "remove person"
    ADD_RULE = "add rule"
    REMOVE_RULE = "remove rule"
    CHANGE_GROUP = "change group"
    PAUSE = "pause rules"
    RESUME = "resume rules"
    FOLLOW = "follow rules"
    UNFOLLOW = "do not follow rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault.

    Attributes:
        at: Seconds since the beginning of the course.
        lasts: Seconds.
        node: The name of the node, empty for all.
        number: Depends on the kind: a code, seconds, bytes, repetitions.
        text: Depends on the kind: the body of an answer, an option, a time zone, a user id, or the
            damage and the end of the file's name.
    """

    at: float
    kind: FaultKind
    lasts: float = 0.0
    node: str = ""
    number: float = 0.0
    text: str = ""

    @property
    def until(self) -> float:
        return self.at + self.lasts


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act of a person, a change of a room or of the configuration.

    Attributes:
        at: Seconds since the beginning of the course.
        whom: The user id, ALL of them, the entity id of the room, or the name of the rule or group.
        word: The presence, the name of the rule that is paused, empty for all, or the user ids in
            the group.
        lasts: The duration in seconds; 0 for no end.
    """

    at: float
    kind: ActKind
    whom: str
    word: str = ""
    lasts: float = 0.0


class Scheme(StrEnum):
    """The scheme of the server's URL."""

    HTTP = "http"
    HTTPS = "https"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The configuration of the server and of the entry.

    Attributes:
        dialect: As in the entry's data.
        callback: As in the entry's options.
        rich: Whether rich presence is on.
        cluster: Whether there are two nodes, each the other's backup.
        small: Whether the nodes refuse requests beyond the budget of a small one.
    """

    scheme: Scheme = Scheme.HTTP
    dialect: str = "rest"
    callback: str = "webhook"
    rich: bool = False
    cluster: bool = False
    small: bool = False


class Ending(StrEnum):
    """What happens to the entry at the end of a course."""

    UNLOAD = "unload"
    REMOVE = "remove"
    REMOVE_WHILE_REFUSED = "remove while refused"
    REMOVE_WHILE_HANGING = "remove while hanging"
    REMOVE_WHILE_FAILING = "remove while failing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course.

    Attributes:
        seed: The seed that determined it.
        checks: When the invariants are checked, in seconds since the beginning. The course ends
            with the last one.
    """

    seed: int
    shape: Shape
    faults: tuple[Fault, ...] = ()
    acts: tuple[Act, ...] = ()
    checks: tuple[float, ...] = field(default=(0.0,))
    ending: Ending = Ending.UNLOAD

    @property
    def steps(self) -> list[Fault | Act]:
        """Return faults and acts in the order of time."""
        return sorted([*self.faults, *self.acts], key=lambda step: step.at)

    @property
    def ends(self) -> float:
        return self.checks[-1]

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file: JSON, one step a line after the head."""
        head = {"seed": self.seed, "checks": self.checks, "ending": self.ending.value}
        yield json.dumps({**head, **asdict(self.shape)})
        yield from (json.dumps(_as_json(step)) for step in self.steps)

    @classmethod
    def from_lines(cls, lines: list[str]) -> Self:
        head = json.loads(lines[0])
        steps = [_step(json.loads(line)) for line in lines[1:] if line.strip()]
        shape = {each.name: head.get(each.name, each.default) for each in fields(Shape)}
        return cls(
            seed=head["seed"],
            shape=Shape(**{**shape, "scheme": Scheme(shape["scheme"])}),
            faults=tuple(step for step in steps if isinstance(step, Fault)),
            acts=tuple(step for step in steps if isinstance(step, Act)),
            checks=tuple(head["checks"]),
            ending=Ending(head.get("ending", Ending.UNLOAD)),
        )


def _as_json(step: Fault | Act) -> dict[str, Any]:
    """Return the fields of a step without those that are empty."""
    return {name: value for name, value in asdict(step).items() if value or name == "at"}


def _step(fields_of_step: dict[str, Any]) -> Fault | Act:
    if "whom" in fields_of_step:
        return Act(**{**fields_of_step, "kind": ActKind(fields_of_step["kind"])})
    return Fault(**{**fields_of_step, "kind": FaultKind(fields_of_step["kind"])})
