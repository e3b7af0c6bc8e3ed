"""What happens in a course, and when: a list that can be read, written down and played again."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
import json
from typing import Any, Self


class FaultKind(StrEnum):
    """What goes wrong."""

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


class ActKind(StrEnum):
    """What people and rooms do."""

    CHOOSE = "choose"
    UNCHOOSE = "unchoose"
    REPORT = "report"
    HOLD = "hold"
    CLEAR = "clear"
    ENTER = "enter"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something goes wrong.

    Attributes:
        at: Seconds since the course began.
        kind: What.
        lasts: For so many seconds.
        node: At which node, empty for all.
        number: The kind's own: a code, seconds, bytes, repetitions.
        text: The kind's own: a body.
    """

    at: float
    kind: FaultKind
    lasts: float = 0.0
    node: str = ""
    number: float = 0.0
    text: str = ""

    @property
    def until(self) -> float:
        """Return when it is over."""
        return self.at + self.lasts


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Somebody does something.

    Attributes:
        at: Seconds since the course began.
        kind: What.
        whom: The person, or the room.
        word: The presence.
        lasts: Until it ends, in seconds; 0 for no end.
    """

    at: float
    kind: ActKind
    whom: str
    word: str = ""
    lasts: float = 0.0


class Scheme(StrEnum):
    """How the server is spoken to."""

    HTTP = "http"
    HTTPS = "https"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How everything is set up.

    Attributes:
        scheme: How the server is spoken to.
        dialect: In which dialect, as an entry says it.
        callback: Where the server calls, as an entry's options say it.
        rich: Whether more than the word is shown.
        cluster: Whether there are two nodes, each the other's backup.
    """

    scheme: Scheme = Scheme.HTTP
    dialect: str = "rest"
    callback: str = "webhook"
    rich: bool = False
    cluster: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """All that happens.

    Attributes:
        seed: What it was made of.
        shape: How everything is set up.
        faults: What goes wrong.
        acts: What people and rooms do.
        checks: When everything is to be right, in seconds since the beginning; the last is the end.
    """

    seed: int
    shape: Shape
    faults: tuple[Fault, ...] = ()
    acts: tuple[Act, ...] = ()
    checks: tuple[float, ...] = field(default=(0.0,))

    @property
    def steps(self) -> list[Fault | Act]:
        """Return everything that happens, in its order."""
        return sorted([*self.faults, *self.acts], key=lambda step: step.at)

    @property
    def ends(self) -> float:
        """Return when the course is over."""
        return self.checks[-1]

    def lines(self) -> Iterator[str]:
        """Return the course as it is written down: JSON, one thing a line."""
        yield json.dumps({"seed": self.seed, "checks": self.checks, **asdict(self.shape)})
        yield from (json.dumps(_told(step)) for step in self.steps)

    @classmethod
    def from_lines(cls, lines: list[str]) -> Self:
        """Return the course that was written down."""
        head = json.loads(lines[0])
        steps = [_step(json.loads(line)) for line in lines[1:] if line.strip()]
        shape = {each.name: head[each.name] for each in fields(Shape)}
        return cls(
            seed=head["seed"],
            shape=Shape(**{**shape, "scheme": Scheme(shape["scheme"])}),
            faults=tuple(step for step in steps if isinstance(step, Fault)),
            acts=tuple(step for step in steps if isinstance(step, Act)),
            checks=tuple(head["checks"]),
        )


def _told(step: Fault | Act) -> dict[str, Any]:
    """Return what is said of a step: what is nothing is left out."""
    return {name: value for name, value in asdict(step).items() if value or name == "at"}


def _step(told: dict[str, Any]) -> Fault | Act:
    if "whom" in told:
        return Act(**{**told, "kind": ActKind(told["kind"])})
    return Fault(**{**told, "kind": FaultKind(told["kind"])})
