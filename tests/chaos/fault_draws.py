"""Draws faults."""

from collections.abc import Callable
from itertools import chain
from random import Random
from typing import Final

from .course import Fault, FaultKind, Scheme, Shape
from .scenario import CONTROLLED
from .storage import DAMAGES, FILES, MISSING

MINUTE: Final = 60.0
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

NODES: Final = ("alpha", "beta")
THROTTLES: Final = (210, 211, 212)
# Codes with which a failing server answers valid requests. Not 101: at a login it means a refused
# password, after which the client pauses for a quarter of an hour so that no account is locked.
# Lost sessions are a fault of their own.
ERRORS: Final = (132, 133, 150, *range(200, 210))
BODIES: Final = (
    "",
    "<html><body>Please log in</body></html>",
    "<not-closed>",
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<presenceList type="basic"><contact contactURI="',
    "\x00\x01\x02 not even text \x7f",
    "<a>" * 400,
)
# Longer than any answer of a small course, so that some answers are complete.
ANSWER_BYTES: Final = 1200

# At midnight in UTC, it is office hours in the second and the third.
TIME_ZONES: Final = (
    "UTC",
    "Asia/Tokyo",
    "Pacific/Auckland",
    "Asia/Kolkata",
    "Europe/Berlin",
    "America/New_York",
)
OPTIONS: Final = {
    "poll_interval": (15, 30, 60),
    "look_interval": (300, 900),
    "rich_presence": (False, True),
}

type Draw = Callable[[Random, float], tuple[Fault, ...]]


def faults_of_round(random: Random, shape: Shape, begin: float, lasts: float) -> list[Fault]:
    """Return faults that begin within a time span and may overlap."""
    draws = [*_DRAWS, *(_DRAWS_OF_CLUSTERS if shape.cluster else ())]
    if shape.scheme is Scheme.HTTPS:
        draws.append(_certificate)
    count = random.randint(1, 6)
    return sorted(
        chain.from_iterable(
            random.choice(draws)(random, begin + random.uniform(0, lasts)) for _ in range(count)
        ),
        key=lambda fault: fault.at,
    )


def _lasting(random: Random) -> float:
    """Draw a duration: seconds, minutes, or many minutes."""
    return random.choice([random.uniform(1, 20), random.uniform(20, 180), random.uniform(60, 1200)])


def _everywhere(kind: FaultKind, numbers: tuple[float, ...] = (0.0,)) -> Draw:
    def draw(random: Random, at: float) -> tuple[Fault, ...]:
        return (Fault(at=at, kind=kind, lasts=_lasting(random), number=random.choice(numbers)),)

    return draw


def _once(kind: FaultKind) -> Draw:
    return lambda _, at: (Fault(at=at, kind=kind),)


def _garbage(random: Random, at: float) -> tuple[Fault, ...]:
    body = random.choice(BODIES)
    # An empty answer with 200 confirms a write: it would be no garbage but a lie.
    status = random.choice([200, 200, 404, 502] if body else [404, 502])
    lasts = _lasting(random)
    return (Fault(at=at, kind=FaultKind.GARBAGE, lasts=lasts, number=status, text=body),)


def _cut(random: Random, at: float) -> tuple[Fault, ...]:
    offset = random.randint(0, ANSWER_BYTES)
    return (Fault(at=at, kind=FaultKind.CUT_ANSWERS, lasts=_lasting(random), number=offset),)


def _clock(random: Random, at: float) -> tuple[Fault, ...]:
    seconds = random.choice([-1, 1]) * random.choice([1.0, 70.0, 20 * MINUTE, 3 * HOUR, 2 * DAY])
    return (Fault(at=at, kind=FaultKind.SET_CLOCK, number=seconds),)


def _time_zone(random: Random, at: float) -> tuple[Fault, ...]:
    return (Fault(at=at, kind=FaultKind.SET_TIME_ZONE, text=random.choice(TIME_ZONES)),)


def option(random: Random, at: float) -> tuple[Fault, ...]:
    name = random.choice([*OPTIONS])
    value = random.choice(OPTIONS[name])
    return (Fault(at=at, kind=FaultKind.CHANGE_OPTIONS, text=name, number=value),)


def damage(random: Random, at: float) -> tuple[Fault, ...]:
    text = f"{random.choice([*DAMAGES, MISSING])} {random.choice(FILES)}"
    return (Fault(at=at, kind=FaultKind.DAMAGE_STORAGE, lasts=_lasting(random), text=text),)


def broken_record(random: Random, at: float) -> tuple[Fault, ...]:
    whom = random.choice(CONTROLLED)
    return (Fault(at=at, kind=FaultKind.BREAK_RECORD, lasts=_lasting(random), text=whom),)


def restored(random: Random, at: float) -> tuple[Fault, ...]:
    return (Fault(at=at, kind=FaultKind.RESTORE_STORAGE, lasts=_lasting(random)),)


def _certificate(random: Random, at: float) -> tuple[Fault, ...]:
    """Draw a change of certificate that a person trusts (1) or that is undone (0)."""
    kind, lasts = FaultKind.CHANGE_CERTIFICATE, _lasting(random)
    return (Fault(at=at, kind=kind, lasts=lasts, number=random.choice([0, 1])),)


def _node(kind: FaultKind) -> Draw:
    def draw(random: Random, at: float) -> tuple[Fault, ...]:
        return (Fault(at=at, kind=kind, lasts=_lasting(random), node=random.choice(NODES)),)

    return draw


def _failing_start(random: Random, at: float) -> tuple[Fault, ...]:
    """Draw a restart of Home Assistant while the server fails, so that set-up is retried."""
    kind = random.choice([FaultKind.REFUSE, FaultKind.HANG, FaultKind.CUT_ANSWERS])
    number = random.randint(0, ANSWER_BYTES) if kind is FaultKind.CUT_ANSWERS else 0
    return _restart_during(random, Fault(at=at, kind=kind, lasts=_lasting(random), number=number))


def _failing_start_at_node(random: Random, at: float) -> tuple[Fault, ...]:
    """Draw a restart of Home Assistant while one node fails and the other does not."""
    kind = random.choice([FaultKind.REFUSE, FaultKind.HANG, FaultKind.CUT_NODE])
    node = random.choice(NODES)
    return _restart_during(random, Fault(at=at, kind=kind, lasts=_lasting(random), node=node))


def _restart_during(random: Random, fault: Fault) -> tuple[Fault, ...]:
    kind = random.choice([FaultKind.RESTART_HOME, FaultKind.KILL_HOME])
    return (fault, Fault(at=fault.at + random.uniform(0, 5), kind=kind, lasts=1.0))


_DRAWS: Final[tuple[Draw, ...]] = (
    _everywhere(FaultKind.THROTTLE, THROTTLES),
    _everywhere(FaultKind.ERROR, ERRORS),
    _everywhere(FaultKind.DELAY, (0.3, 4.0, 9.9, 15.0)),
    _garbage,
    _everywhere(FaultKind.TRUNCATE, (0, 1, 60, 200)),
    _cut,
    _cut,
    _once(FaultKind.DROP_CONNECTIONS),
    _everywhere(FaultKind.HANG),
    _everywhere(FaultKind.REFUSE),
    _once(FaultKind.LOSE_SESSIONS),
    _once(FaultKind.LOSE_ENDPOINTS),
    _once(FaultKind.LOSE_SUBSCRIPTIONS),
    _everywhere(FaultKind.LOSE_NOTIFICATIONS),
    _everywhere(FaultKind.REPEAT_NOTIFICATIONS, (2, 5, 20)),
    _everywhere(FaultKind.DELAY_NOTIFICATIONS, (0.5, 4.0, 30.0)),
    _everywhere(FaultKind.FORGE_NOTIFICATIONS, (0.05, 1.0, 20.0)),
    _everywhere(FaultKind.RESTART_SERVER),
    _everywhere(FaultKind.RESTART_HOME),
    _everywhere(FaultKind.KILL_HOME),
    _once(FaultKind.RELOAD_ENTRY),
    _everywhere(FaultKind.UNLOAD_ENTRY),
    _clock,
    _failing_start,
    _time_zone,
    damage,
    broken_record,
    option,
    option,
)
_DRAWS_OF_CLUSTERS: Final[tuple[Draw, ...]] = (
    _node(FaultKind.STOP_NODE),
    _node(FaultKind.CUT_NODE),
    _node(FaultKind.REFUSE),
    _node(FaultKind.HANG),
    _failing_start_at_node,
)
