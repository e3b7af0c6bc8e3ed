"""Which node a redirection names. Reference: rule 19."""

import pytest

from custom_components.cisco_unified_presence.pws import (
    NodePolicy,
    PlainHttp,
    Redirected,
    RedirectRefusal,
    RedirectRefused,
    Server,
    SystemTrust,
)

PLAIN = Server(host="cup1", port=8082, security=PlainHttp())


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("cup2", "cup2:8082"),
        (" cup2.example.com ", "cup2.example.com:8082"),
        ("cup2:8090", "cup2:8090"),
        ("10.0.0.2", "10.0.0.2:8082"),
        ("fe80::2", "[fe80::2]:8082"),
        ("[fe80::2]:8090", "[fe80::2]:8090"),
    ],
)
def test_names_of_nodes(name: str, address: str) -> None:
    assert NodePolicy().node_named(name, PLAIN).address == address
    told = NodePolicy().target_of(Redirected(name, None, None), PLAIN)
    assert told.address == address


@pytest.mark.parametrize(
    "name", ["", " ", "cup2:99999", "cup2:0", "cup2:x", "[fe80", "/x", "cu\0p2"]
)
def test_names_of_no_node(name: str) -> None:
    with pytest.raises(RedirectRefused) as error:
        NodePolicy().node_named(name, PLAIN)
    assert error.value.refusal is RedirectRefusal.UNREADABLE


@pytest.mark.parametrize(
    "location", ["/users/ben/session", "http://[fe80/", "not a URL", "//ben@/x"]
)
def test_a_location_of_no_use_leaves_the_name(location: str) -> None:
    redirect = Redirected("cup2", None, location)
    assert NodePolicy().target_of(redirect, PLAIN).address == "cup2:8082"
    with pytest.raises(RedirectRefused, match="does not name"):
        NodePolicy().target_of(Redirected(None, None, location), PLAIN)


def test_a_location_goes_before_the_name() -> None:
    redirect = Redirected("cup2", None, "http://cup3:8090/x")
    assert NodePolicy().target_of(redirect, PLAIN).address == "cup3:8090"
    redirect = Redirected("cup2", None, "http://cup3/x")
    assert NodePolicy().target_of(redirect, PLAIN).address == "cup3:8082"


@pytest.mark.parametrize(("name", "address"), [("cup2", "cup2:8082"), ("cup2:8090", "cup2:8090")])
def test_an_https_location_is_taken_for_its_name_by_who_speaks_plain_http(
    name: str, address: str
) -> None:
    redirect = Redirected(name, None, "https://cup2:8083/presence-service/users/ben/session")
    target = NodePolicy().target_of(redirect, PLAIN)
    assert (target.address, target.is_secure) == (address, False)
    asked: list[str] = []

    def allow(host: str, _: int) -> bool:
        asked.append(host)
        return False

    with pytest.raises(RedirectRefused) as error:
        NodePolicy(allow_node=allow).target_of(redirect, PLAIN)
    assert error.value.refusal is RedirectRefusal.NOT_ALLOWED
    assert asked == ["cup2"]


def test_an_https_location_at_the_source_itself_is_another_kind_of_connection() -> None:
    redirect = Redirected("cup1", None, "https://cup1:8083/x")
    with pytest.raises(RedirectRefused) as error:
        NodePolicy().target_of(redirect, PLAIN)
    assert error.value.refusal is RedirectRefusal.OTHER_SCHEME


def test_an_http_location_is_never_taken_for_its_name() -> None:
    source = Server(host="cup1", port=8083, security=SystemTrust())
    with pytest.raises(RedirectRefused) as error:
        NodePolicy().target_of(Redirected("cup2", None, "http://cup2:8082/x"), source)
    assert error.value.refusal is RedirectRefusal.OTHER_SCHEME


def test_a_location_without_a_scheme_has_that_of_its_source() -> None:
    redirect = Redirected(None, None, "//cup3:8090/x")
    target = NodePolicy().target_of(redirect, PLAIN)
    assert (target.address, target.is_secure) == ("cup3:8090", False)


def test_an_address_that_cannot_be_is_refused_like_any_other() -> None:
    redirect = Redirected(None, None, "https://[2001:d\x00b8::7]:8083/x")
    with pytest.raises(RedirectRefused) as error:
        NodePolicy().target_of(redirect, PLAIN)
    assert error.value.refusal is RedirectRefusal.OTHER_SCHEME
