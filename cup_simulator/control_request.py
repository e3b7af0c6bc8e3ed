"""Parses the control interface's JSON requests.

All functions raise ControlError for a request that is invalid.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
import re

from .budget import Budget
from .clock import Clock
from .deployment import NodeState
from .errors import DESCRIPTIONS, Code
from .faults import IMMEDIATE, OF_ONE_REQUEST, OF_PORTS, Fault, FaultKind, Garbage
from .json_fields import ControlError, Fields
from .model import EXTRA_ACTIVITIES, JABBER, OVERRIDE_TUPLES, PWS_DEVICE, Activity, Presence, Status
from .tls import TlsSettings

THROTTLE_CODES = (Code.CPU_LIMIT, Code.RATE_LIMIT)
SETTABLE = tuple(word.value for word in Presence if word is not Presence.UNKNOWN)

_USER = re.compile(r"[^\s/@]+")
_CONTACT = re.compile(r"[^\s/@]+@[^\s/@]+")


@dataclass(frozen=True, slots=True)
class Choice:
    """An action of a person's own client: a choice by hand, or a report of the device."""

    status: Status
    by_hand: bool
    device: str


def read_choice(body: bytes) -> Choice:
    """Parse an action of a person's own client."""
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
    """A person to add; a `home` of None is the first node."""

    user: str
    name: str
    home: str | None


@dataclass(frozen=True, slots=True)
class NodeChange:
    """What changes at a node. A `state` or `budget` of None stays.

    `workers` of None are without limit.
    """

    state: NodeState | None
    tls: TlsSettings
    sets_workers: bool
    workers: int | None
    budget: Budget | None


def read_node_change(body: bytes, tls: TlsSettings) -> NodeChange:
    """Parse a change of a node whose TLS settings are these."""
    fields = Fields(body)
    if fields.is_empty:
        raise ControlError("Say the state, shows, versions, workers or budget of the node.")
    state = fields.take("state", str, "")
    change = NodeChange(
        NodeState(_one_of("state", state, tuple(NodeState))) if state else None,
        _tls(fields, tls),
        sets_workers="workers" in fields,
        workers=fields.take_count("workers", least=0),
        budget=_budget(fields),
    )
    fields.end()
    return change


def _budget(fields: Fields) -> Budget | None:
    if "budget" not in fields:
        return None
    limits = fields.take("budget", dict, {})
    if not limits.keys() <= {"requests", "cpu"} or not all(
        type(each) is int and each >= 0 for each in limits.values()
    ):
        raise ControlError("budget must hold requests, cpu or both, whole numbers.")
    return Budget(limits.get("requests"), limits.get("cpu"))


def _tls(fields: Fields, present: TlsSettings) -> TlsSettings:
    shows = fields.take("shows", list, list(present.shows))
    versions = fields.take("versions", list, list(present.versions))
    try:
        return TlsSettings(tuple(map(str, shows)), tuple(map(str, versions)))
    except ValueError as error:
        raise ControlError(str(error)) from error


def read_watchers(body: bytes) -> list[str]:
    """Return the users whom a person blocks."""
    fields = Fields(body)
    watchers = _texts("watchers", fields.take("watchers", list))
    fields.end()
    return watchers


def read_sharing(body: bytes) -> bool:
    fields = Fields(body)
    sharing = fields.take("sharing", bool)
    fields.end()
    return sharing


def read_contact_list(body: bytes, domain: str) -> dict[str, list[str]]:
    """Return contact URIs by group; names without a domain get this one."""
    fields = Fields(body)
    listed = {group: _texts(group, fields.take(group, list)) for group in fields.names}
    contacts = {
        group: [each if "@" in each else f"{each}@{domain}" for each in names]
        for group, names in listed.items()
    }
    if not all(_CONTACT.fullmatch(each) for names in contacts.values() for each in names):
        raise ControlError("Contacts must be users or user@domain.")
    return contacts


def read_advance(body: bytes, clock: Clock) -> float:
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
    """Parse a new person; `nodes` are the possible homes."""
    fields = Fields(body)
    user = _printable("user", fields.take("user", str))
    if not _USER.fullmatch(user):
        raise ControlError("user must be a name without spaces, / and @.")
    name = _printable("name", fields.take("name", str, user))
    home = _node(fields, nodes)
    fields.end()
    return NewPerson(user, name, home)


def read_fault(body: bytes, clock: Clock, nodes: Collection[str]) -> Fault:
    """Parse a fault; `nodes` are those that it can be limited to."""
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


def _texts(name: str, values: list[object]) -> list[str]:
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(values):
        raise ControlError(f"Each of {name} must be a text.")
    return [_printable(name, text) for text in texts]


def _node(fields: Fields, nodes: Collection[str]) -> str | None:
    name = fields.take("node", str, "")
    return _one_of("node", name, nodes) if name else None


def _printable(name: str, text: str) -> str:
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
