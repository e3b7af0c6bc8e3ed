"""The data of an entry while the forms collect them."""

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT
import pytest

from custom_components.cisco_unified_presence.const import (
    CONF_APPLICATION_USER,
    CONF_FINGERPRINT,
    CONF_FINGERPRINTS,
    CONF_PRESENCE_DOMAIN,
    CONF_SECURITY,
    CONF_WATCHER,
)
from custom_components.cisco_unified_presence.flows.server_draft import ServerDraft
from custom_components.cisco_unified_presence.pws import (
    DialectMode,
    PinnedCertificate,
    SystemTrust,
)

SERVER = {
    CONF_HOST: "cup.example.com",
    CONF_PORT: 8083,
    CONF_SECURITY: "https",
    CONF_APPLICATION_USER: "Hass",
    CONF_PASSWORD: "secret",
}
WATCHER = {CONF_WATCHER: "watcher", CONF_PRESENCE_DOMAIN: "Example.com"}
PIN = "ab" * 32
DRAFT = ServerDraft(SERVER)
PINNED = DRAFT.trusting("cup.example.com", 8083, PIN)


def test_a_change_leaves_the_former_draft_as_it_was() -> None:
    assert DRAFT.updated(WATCHER).data == SERVER | WATCHER
    assert DRAFT.data == SERVER


def test_a_single_fingerprint_of_earlier_data_becomes_a_pin() -> None:
    draft = ServerDraft.of_entry({**SERVER, CONF_FINGERPRINT: PIN})
    assert draft.data == PINNED.data


@pytest.mark.parametrize(
    ("change", "stays"),
    [
        ({}, True),
        ({CONF_APPLICATION_USER: "other"}, True),
        ({CONF_HOST: "cup2.example.com"}, False),
        ({CONF_PORT: 9000}, False),
        ({CONF_SECURITY: "http"}, False),
    ],
)
def test_a_pin_belongs_to_the_address_it_was_made_for(
    change: dict[str, object], *, stays: bool
) -> None:
    assert (CONF_FINGERPRINTS in PINNED.with_server(SERVER | change).data) is stays


@pytest.mark.parametrize(
    ("draft", "suggested"),
    [
        (DRAFT, {CONF_PRESENCE_DOMAIN: "example.com"}),
        (DRAFT.updated({CONF_HOST: "192.0.2.1"}), {}),
        (DRAFT.updated({CONF_HOST: "cup"}), {CONF_PRESENCE_DOMAIN: ""}),
        (
            ServerDraft(SERVER, told_domain="im.example.com"),
            {CONF_PRESENCE_DOMAIN: "im.example.com"},
        ),
        (ServerDraft(WATCHER, told_domain="im.example.com"), WATCHER),
    ],
)
def test_the_watcher_s_form_suggests_what_is_known(
    draft: ServerDraft, suggested: dict[str, str]
) -> None:
    assert draft.suggested_watcher == suggested


def test_an_account_is_the_same_however_its_case() -> None:
    draft = DRAFT.updated(WATCHER)
    assert draft.unique_id == "example.com/hass"
    assert draft.contact == "watcher@Example.com"


def test_access_trusts_what_is_pinned() -> None:
    assert DRAFT.access.server.security == SystemTrust()
    access = PINNED.access
    assert access.server.security == PinnedCertificate(PIN)
    assert access.dialect is DialectMode.AUTOMATIC
    assert access.trust_of is not None
    assert access.trust_of("cup2.example.com", 8083) == PinnedCertificate(PIN)


def test_neither_a_draft_nor_its_access_shows_the_password() -> None:
    assert "secret" not in repr(DRAFT)
    assert "secret" not in repr(DRAFT.access)
