"""Faults: their classes by code and by HTTP status."""

import pytest

from custom_components.cisco_unified_presence.pws import (
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
from custom_components.cisco_unified_presence.pws.fault_codes import fault_class

# The table of the reference, "Error codes", written out.
CODES = {
    InvalidSession: [100, 101],
    InvalidCredentials: [111, 114],
    UnknownUser: [113],
    LoggedInElsewhere: [160],
    Throttled: [210, 212],
    NoFreeEndpoint: [138],
    NoFreeSubscription: [139, 211],
    NoSuchEndpoint: [132, 136],
    NoSuchSubscription: [133, 137],
    BadContact: [124, 143, 147, 148],
    PresenceRefused: [115, 120, 121, 122, 125, 161, 162],
    EndpointRefused: [130, 142],
    ServerFailed: [200, 201, 202, 203, 204, 205, 206, 207, 208, 209],
    InvalidRequest: [102, 103, 110, 112, 123, 131, 134, 135, 140, 141, 144, 145, 146, 150, 999],
}


@pytest.mark.parametrize(
    ("code", "kind"), [(code, kind) for kind, codes in CODES.items() for code in codes]
)
def test_a_code_decides_whatever_the_status(code: int, kind: type[ServerFault]) -> None:
    assert fault_class(code, 400) is kind
    assert fault_class(code, 200) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequest),
        (401, InvalidSession),
        (404, InvalidRequest),
        (405, InvalidRequest),
        (409, LoggedInElsewhere),
        (499, InvalidRequest),
        (500, ServerFailed),
        (503, ServerFailed),
        (599, ServerFailed),
    ],
)
def test_without_a_code_the_status_decides(status: int, kind: type[ServerFault]) -> None:
    assert fault_class(None, status) is kind


def test_an_unknown_code_is_judged_by_its_status() -> None:
    assert fault_class(250, 500) is ServerFailed
    assert fault_class(250, 401) is InvalidRequest
