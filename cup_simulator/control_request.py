"""What the control interface is asked for: JSON, read into values with clear errors."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
import json
import re

from .clock import Clock
from .deployment import NodeState
from .errors import DESCRIPTIONS, Code
from .faults import IMMEDIATE, OF_ONE_REQUEST, OF_PORTS, Fault, FaultKind, Garbage
from .model import EXTRA_ACTIVITIES, OVERRIDE_TUPLES, PWS_DEVICE, Activity, Presence, Status
from .state import JABBER

THROTTLE_CODES = (Code.CPU_LIMIT, Code.RATE_LIMIT)
MOST_SECONDS = 10**9
"""About thirty years; clocks cannot reckon with every number that JSON can write."""
SETTABLE = tuple(word.value for word in Presence if word is not Presence.UNKNOWN)

_USER = re.compile(r"[^\s/@]+")


class ControlError(Exception):
    """A control request that cannot be obeyed; the text says why."""


class Fields:
    """The fields of a JSON object, each taken once and checked."""

    def __init__(self, body: bytes) -> None:
        """Read the object.

        Raises:
            ControlError: it is no JSON object.
        """
        try:
            found = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ControlError("The body must be JSON.") from error
        if not isinstance(found, dict):
            raise ControlError("The body must be a JSON object.")
        self._fields: dict[str, object] = found

    def take[T](self, name: str, kind: type[T], default: T | None = None) -> T:
        """Return a field; without a default it must be there.

        Raises:
            ControlError: it is missing or of another type.
        """
        value = self._fields.pop(name, default)
        # To JSON's eyes true is no number; to Python's it is 1.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ControlError(f"{name} must be given as {_KINDS[kind]}.")
        return value

    def take_seconds(self, name: str, default: float | None = None) -> float | None:
        """Return a field that is a number of seconds, or the default.

        Raises:
            ControlError: it is something else.
        """
        value = self._fields.pop(name, default)
        if value is None:
            return None
        sentence = f"{name} must be a number of seconds, from 0 to {MOST_SECONDS}."
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ControlError(sentence)
        # The comparison is false for a NaN as well.
        if not 0 <= value <= MOST_SECONDS:
            raise ControlError(sentence)
        return value

    def take_count(self, name: str, least: int, default: int | None = None) -> int | None:
        """Return a field that is a whole number of at least so much, or the default.

        Raises:
            ControlError: it is something else.
        """
        value = self._fields.pop(name, default)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ControlError(f"{name} must be a whole number, {least} or more.")
        return value

    def end(self) -> None:
        """Refuse what nobody asked about.

        Raises:
            ControlError: there are fields left.
        """
        if self._fields:
            raise ControlError(f"Not understood here: {', '.join(sorted(self._fields))}.")


_KINDS: Mapping[type, str] = {str: "a text", bool: "true or false", list: "a list"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person's own client does: a choice by hand, or a report of its own."""

    status: Status
    by_hand: bool
    device: str


def read_choice(body: bytes) -> Choice:
    """Return what a person's own client is to do.

    Raises:
        ControlError: the request cannot be obeyed.
    """
    fields = Fields(body)
    word = _one_of("presence", fields.take("presence", str), SETTABLE)
    activities = [
        _one_of("Each of activities", each, EXTRA_ACTIVITIES)
        for each in fields.take("activities", list, [])
    ]
    device = fields.take("device", str, JABBER)
    if not device.strip() or device in (PWS_DEVICE, *OVERRIDE_TUPLES):
        raise ControlError("device must be the name of one of the person's own devices.")
    choice = Choice(
        Status(
            Presence(word),
            tuple(dict.fromkeys(Activity(each) for each in activities)),
            _printable("note", fields.take("note", str, "")),
        ),
        by_hand=fields.take("manual", bool, default=True),
        device=_printable("device", device),
    )
    fields.end()
    return choice


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be added; without a `home` on the first node."""

    user: str
    name: str
    home: str | None


def read_node_state(body: bytes) -> NodeState:
    """Return what a node is to be.

    Raises:
        ControlError: the request cannot be obeyed.
    """
    fields = Fields(body)
    state = NodeState(_one_of("state", fields.take("state", str), tuple(NodeState)))
    fields.end()
    return state


def read_advance(body: bytes, clock: Clock) -> float:
    """Return how many seconds the clock is to advance by.

    Raises:
        ControlError: the request cannot be obeyed.
    """
    fields = Fields(body)
    seconds = fields.take_seconds("advance")
    fields.end()
    if seconds is None:
        raise ControlError("advance must say the seconds that are to pass.")
    try:
        clock.utc() + timedelta(seconds=seconds)
    except OverflowError as error:
        raise ControlError("advance must not lead beyond the year 9999.") from error
    return seconds


def read_person(body: bytes, nodes: Collection[str]) -> NewPerson:
    """Return a new person, homed on one of these nodes.

    Raises:
        ControlError: the request cannot be obeyed.
    """
    fields = Fields(body)
    user = _printable("user", fields.take("user", str))
    if not _USER.fullmatch(user):
        raise ControlError("user must be a name without spaces, / and @.")
    name = _printable("name", fields.take("name", str, user))
    home = _node(fields, nodes)
    fields.end()
    return NewPerson(user, name, home)


def read_fault(body: bytes, clock: Clock, nodes: Collection[str]) -> Fault:
    """Return the fault that is to begin, at one of these nodes or at all.

    Raises:
        ControlError: the request cannot be obeyed.
    """
    fields = Fields(body)
    kind = FaultKind(_one_of("kind", fields.take("kind", str), tuple(FaultKind)))
    fault = _READERS[kind](fields) if kind in _READERS else Fault(kind)
    if kind in OF_ONE_REQUEST:
        fault.path = _pattern(fields.take("path", str, ""))
        fault.method = fields.take("method", str, "").upper() or None
    if kind is not FaultKind.DROP_NOTIFICATIONS:
        fault.node = _node(fields, nodes)
    if kind not in IMMEDIATE:
        seconds = fields.take_seconds("seconds")
        fault.until = None if seconds is None else clock.seconds() + seconds
    if kind not in (*IMMEDIATE, *OF_PORTS):
        fault.remaining = fields.take_count("count", least=1)
    fields.end()
    return fault


def _throttle(fields: Fields) -> Fault:
    code = fields.take_count("code", least=0, default=Code.CPU_LIMIT)
    if code not in THROTTLE_CODES:
        raise ControlError("code must be 210 or 212.")
    return Fault(FaultKind.THROTTLE, code=code)


def _error(fields: Fields) -> Fault:
    code = fields.take_count("code", least=0)
    if code not in DESCRIPTIONS:
        raise ControlError("code must be one of the service's error codes.")
    return Fault(FaultKind.ERROR, code=code)


def _delay(fields: Fields) -> Fault:
    delay = fields.take_seconds("delay")
    if delay is None:
        raise ControlError("delay must say the seconds before each answer.")
    return Fault(FaultKind.DELAY, delay=delay)


def _garbage(fields: Fields) -> Fault:
    status = fields.take_count("status", least=200, default=200) or 0
    if status not in range(200, 600):
        raise ControlError("status must be a number from 200 to 599.")
    content_type = fields.take("content_type", str, "text/html; charset=utf-8")
    if not content_type.isascii() or not content_type.isprintable():
        raise ControlError("content_type must be plain ASCII.")
    body = fields.take("body", str, "<html><body>Nothing here</body></html>")
    if not _is_encodable(body):
        raise ControlError("body must not have halves of surrogate pairs in it.")
    return Fault(FaultKind.GARBAGE, garbage=Garbage(body, status, content_type))


def _truncate(fields: Fields) -> Fault:
    return Fault(FaultKind.TRUNCATE, length=fields.take_count("bytes", least=0, default=0))


_READERS: Mapping[FaultKind, Callable[[Fields], Fault]] = {
    FaultKind.THROTTLE: _throttle,
    FaultKind.ERROR: _error,
    FaultKind.DELAY: _delay,
    FaultKind.GARBAGE: _garbage,
    FaultKind.TRUNCATE: _truncate,
}


def _one_of(name: str, value: object, known: Collection[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise ControlError(f"{name} must be one of {', '.join(known)}.")
    return value


def _node(fields: Fields, nodes: Collection[str]) -> str | None:
    """Return the name of a node, None when it is not said."""
    name = fields.take("node", str, "")
    return _one_of("node", name, nodes) if name else None


def _printable(name: str, text: str) -> str:
    """Return a text that XML can carry."""
    if not text.isprintable():
        raise ControlError(f"{name} must not have control characters in it.")
    return text


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _pattern(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if text else None
    except (re.error, OverflowError, RecursionError) as error:
        raise ControlError(f"path must be a regular expression: {error}.") from error
