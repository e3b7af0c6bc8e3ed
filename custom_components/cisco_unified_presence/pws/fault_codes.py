"""Which fault a code or an HTTP status stands for. Reference: "Error codes"."""

from typing import Final

from .faults import (
    BadContact,
    EndpointRefused,
    InvalidCredentials,
    InvalidRequest,
    InvalidSession,
    LoggedInElsewhere,
    NoFreeEndpoint,
    NoFreeSubscription,
    NoSuchEndpoint,
    NoSuchSubscription,
    PresenceRefused,
    ServerFailed,
    ServerFault,
    Throttled,
    UnknownUser,
)

_BY_CODE: Final[dict[int, type[ServerFault]]] = {
    100: InvalidSession,
    101: InvalidSession,
    111: InvalidCredentials,
    113: UnknownUser,
    114: InvalidCredentials,
    115: PresenceRefused,
    120: PresenceRefused,
    121: PresenceRefused,
    122: PresenceRefused,
    124: BadContact,
    125: PresenceRefused,
    130: EndpointRefused,
    132: NoSuchEndpoint,
    133: NoSuchSubscription,
    136: NoSuchEndpoint,
    137: NoSuchSubscription,
    138: NoFreeEndpoint,
    139: NoFreeSubscription,
    142: EndpointRefused,
    143: BadContact,
    147: BadContact,
    148: BadContact,
    160: LoggedInElsewhere,
    161: PresenceRefused,
    162: PresenceRefused,
    **dict.fromkeys(range(200, 210), ServerFailed),
    210: Throttled,
    211: NoFreeSubscription,
    212: Throttled,
}

_UNAUTHORIZED: Final = 401
_CONFLICT: Final = 409
_FIRST_SERVER_ERROR: Final = 500


def fault_class(code: int | None, status: int) -> type[ServerFault]:
    """Return the class of a fault, by its code or else by its HTTP status."""
    if code is not None and code in _BY_CODE:
        return _BY_CODE[code]
    if status >= _FIRST_SERVER_ERROR:
        return ServerFailed
    if code is None and status == _UNAUTHORIZED:
        return InvalidSession
    if code is None and status == _CONFLICT:
        return LoggedInElsewhere
    return InvalidRequest
