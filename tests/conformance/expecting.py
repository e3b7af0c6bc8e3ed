"""Assertions of cases."""

from collections.abc import Awaitable
from typing import Final

from custom_components.cisco_unified_presence.pws.faults import ServerFault, Throttled

from .case import Differs
from .stage import Stage

# Reference: "Error codes"; every other code has 400.
_STATUS: Final = {
    100: 401,
    101: 401,
    113: 404,
    160: 409,
    **dict.fromkeys(range(200, 210), 500),
    **dict.fromkeys((210, 211, 212), 503),
}
_BUSY: Final = (210, 212)


def status_of(stage: Stage, code: int) -> int:
    if stage.is_rest:
        return _STATUS.get(code, 400)
    return 503 if code in _BUSY else 200


async def refused(stage: Stage, sending: Awaitable[object], *codes: int) -> ServerFault:
    """Require that a request is refused with one of these codes and its HTTP status."""
    try:
        await sending
    except ServerFault as fault:
        _check(stage, fault, codes)
        return fault
    raise Differs(f"accepted, where the reference has {_or(codes)}")


def _check(stage: Stage, fault: ServerFault, codes: tuple[int, ...]) -> None:
    if isinstance(fault, Throttled) and fault.code not in codes:
        raise fault
    if fault.code not in codes:
        raise Differs(f"{_or(codes)} expected, but: {fault}")
    expected = status_of(stage, fault.code)
    if fault.status != expected:
        raise Differs(f"code {fault.code} came with status {fault.status} instead of {expected}")


def same(found: object, expected: object, what: str) -> None:
    if found != expected:
        raise Differs(f"{what}: {found!r} instead of {expected!r}")


def holds(found: object, what: str) -> None:
    if not found:
        raise Differs(what)


def _or(codes: tuple[int, ...]) -> str:
    return "code " + " or ".join(map(str, codes))
