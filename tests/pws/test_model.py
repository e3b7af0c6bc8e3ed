"""Values: words, servers, fingerprints."""

from copy import deepcopy
import json
import logging

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.pws import (
    MAX_EXPIRY,
    MIN_EXPIRY,
    SETTABLE,
    EndpointId,
    PinnedCertificate,
    PlainHttp,
    Presence,
    Server,
    SubscriptionId,
    SystemTrust,
)
from custom_components.cisco_unified_presence.pws.presence import _report_unknown_word

WORDS = ["AVAILABLE", "BUSY", "DND", "AWAY", "UNAVAILABLE", "VACATION", "UNKNOWN"]


def test_the_seven_words() -> None:
    assert [presence.value for presence in Presence] == WORDS
    assert {presence.value for presence in SETTABLE} == set(WORDS) - {"UNKNOWN"}
    assert (MIN_EXPIRY, MAX_EXPIRY) == (3600, 86400)


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_read(word: str) -> None:
    assert Presence.read(word) is Presence(word)
    assert Presence.read(f" {word.lower()}\n") is Presence(word)


@given(st.text())
def test_any_other_word_is_unknown(word: str) -> None:
    known = word.strip().upper() in WORDS
    assert (Presence.read(word) is Presence.UNKNOWN) or known


def test_an_unknown_word_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    _report_unknown_word.cache_clear()
    caplog.set_level(logging.DEBUG)
    for _ in range(3):
        assert Presence.read("LUNCH" * 100) is Presence.UNKNOWN
    (message,) = caplog.messages
    assert message.endswith(repr("LUNCH" * 8))


@pytest.mark.parametrize(
    ("host", "bare", "address", "url"),
    [
        ("cup.example.com", "cup.example.com", "cup.example.com:8083", "cup.example.com:8083"),
        ("192.0.2.1", "192.0.2.1", "192.0.2.1:8083", "192.0.2.1:8083"),
        ("2001:db8::1", "2001:db8::1", "[2001:db8::1]:8083", "[2001:db8::1]:8083"),
        ("[2001:db8::1]", "2001:db8::1", "[2001:db8::1]:8083", "[2001:db8::1]:8083"),
        (" bücher.example ", "bücher.example", "bücher.example:8083", "xn--bcher-kva.example:8083"),
    ],
)
def test_where_a_server_is(host: str, bare: str, address: str, url: str) -> None:
    server = Server(host=host, port=8083, security=SystemTrust())
    assert server.bare_host == bare
    assert server.address == address
    assert server.base_url == f"https://{url}/presence-service"


def test_plain_http() -> None:
    server = Server(host="cup", port=8082, security=PlainHttp())
    assert server.base_url == "http://cup:8082/presence-service"


@pytest.mark.parametrize("host", ["", "a b", "cup/x", "me@cup", "cup:8083x", "ü" * 70])
def test_what_is_no_host_has_no_url(host: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its text is the URL library's
        _ = Server(host=host, port=8083, security=SystemTrust()).base_url


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_what_is_no_port(port: int) -> None:
    with pytest.raises(ValueError, match=f"{port} does not"):
        Server(host="cup", port=port, security=SystemTrust())


@given(st.binary(min_size=32, max_size=32))
def test_a_fingerprint_has_one_form(digest: bytes) -> None:
    assert PinnedCertificate(digest.hex(":").upper()).sha256 == digest.hex()
    assert PinnedCertificate(f" {digest.hex()} ") == PinnedCertificate(digest.hex(":"))


@pytest.mark.parametrize("text", ["", "ab", "g" * 64, "a" * 63, "a" * 65])
def test_what_is_no_fingerprint(text: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        PinnedCertificate(text)


@pytest.mark.parametrize("kind", [EndpointId, SubscriptionId])
def test_ids_are_numbers_that_know_their_node(kind: type[EndpointId | SubscriptionId]) -> None:
    number = kind(7, "cup1:8083")
    assert number == 7
    assert json.dumps({"id": number}) == '{"id": 7}'
    copied = deepcopy(number)
    assert copied == 7
    assert type(copied) is kind
    assert copied.node == "cup1:8083"
