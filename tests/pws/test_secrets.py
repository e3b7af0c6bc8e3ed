"""No value shows a secret, or an answer that may hold one, where it is written to a log."""

from functools import partial
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from custom_components.cisco_unified_presence.pws import AnswerNotUnderstood
from custom_components.cisco_unified_presence.pws.answers import Concerning
from custom_components.cisco_unified_presence.pws.dialect import Session
from custom_components.cisco_unified_presence.pws.exchange import Answer, Request
from custom_components.cisco_unified_presence.pws.model import Unreadable
from custom_components.cisco_unified_presence.pws.node_policy import NodePolicy
from custom_components.cisco_unified_presence.pws.sessions import Account
from custom_components.cisco_unified_presence.pws.soap_request import Call
from custom_components.cisco_unified_presence.pws.stored_session import OpenSession

SECRET = "SECRET"
PARTS: Any = partial(print, SECRET)


@pytest.mark.parametrize(
    "value",
    [
        Account("anna", SECRET),
        Session("anna", SECRET),
        OpenSession("cup:8083", "anna", SECRET),
        Concerning("anna", secrets=(SECRET,)),
        Call("login", {"password": SECRET}),
        Request("GET", "/", {"Presence-Session-Key": SECRET}, SECRET.encode(), parts=PARTS),
        Answer(200, None, SECRET.encode(), Element(SECRET), AnswerNotUnderstood(SECRET)),
        NodePolicy(trust_of=PARTS),
        Unreadable("it is no presence", SECRET),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_shows_no_secret(value: object) -> None:
    shown = repr(value)
    assert type(value).__name__ in shown
    assert SECRET not in shown
