"""What a form says of the contact list."""

from typing import cast

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.flows.contact_list import (
    ContactListAccess,
    ContactListAnswer,
)
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    CertificateChanged,
    ConnectFailure,
    ContactGroup,
    ContactList,
    UntrustedCertificate,
)
from custom_components.cisco_unified_presence.runtime import CupConfigEntry

EMPTY = ContactListAnswer(ContactList((ContactGroup("Sales", ()),)))
TWO = ContactListAnswer(
    ContactList((ContactGroup("Sales", ("a@x", "b@x")), ContactGroup("", ("a@x",))))
)
FAILED = ContactListAnswer(failure=CannotConnect(ConnectFailure.TIMED_OUT, "cup"))


@pytest.mark.parametrize(
    ("answer", "read", "no_picks"),
    [
        (
            TWO,
            "The watcher's contact list has 2 contacts.",
            "All contacts of the watcher are already added.",
        ),
        (
            EMPTY,
            "The watcher's contact list has 0 contacts.",
            "The watcher's contact list is empty.",
        ),
        (
            FAILED,
            "Can't read the watcher's contact list. ",
            "The watcher's contact list is unavailable. ",
        ),
        (
            ContactListAnswer(is_connected=False),
            "Can't read the contact list because the server is not connected.",
            "The watcher's contact list is empty.",
        ),
    ],
)
async def test_sentences(
    hass: HomeAssistant, answer: ContactListAnswer, read: str, no_picks: str
) -> None:
    await async_get_translations(hass, "en", "exceptions", [DOMAIN])
    assert answer.what_was_read(hass).startswith(read)
    assert answer.why_no_picks(hass).startswith(no_picks)
    for error in (answer._outcome(hass), answer._explanation(hass)):
        assert error.translation_domain == DOMAIN
    if answer.failure:
        assert "cup" in answer.what_was_read(hass)
        assert "cup" in answer.why_no_picks(hass)


def test_a_certificate_that_is_not_trusted_is_asked_about() -> None:
    untrusted, changed = UntrustedCertificate(), CertificateChanged("a", "b")
    assert ContactListAnswer(failure=untrusted).distrust is untrusted
    assert ContactListAnswer(failure=changed).distrust is changed
    assert FAILED.distrust is None
    assert TWO.distrust is None


async def test_a_flow_reads_the_list_once(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    access = ContactListAccess(hass, cast("CupConfigEntry", entry))
    assert access.distrust is None
    answer = await access.async_read()
    assert not answer.is_connected
    assert await access.async_read() is answer
    access.trust()
    assert access.answer is None
    assert await access.async_read() is not answer
