"""What stored records say may be published, of people and of those who were removed."""

from homeassistant.util import dt as dt_util

from custom_components.cisco_unified_presence.control.pending_clears import stored_clears
from custom_components.cisco_unified_presence.control.record import PersonRecord

KEY = "anna@example.com"


def test_user_of_a_record_that_names_none_is_taken_from_the_contact() -> None:
    stored = {KEY: PersonRecord(unsure=True).as_storage()}
    (clear,) = stored_clears(stored, {}, dt_util.utcnow()).values()
    assert (clear.user, clear.contact) == ("anna", KEY)


def test_user_that_a_record_names_counts() -> None:
    named = {"user": "annab", "contact": KEY}
    stored = {KEY: PersonRecord(unsure=True).as_storage() | named}
    (clear,) = stored_clears(stored, {}, dt_util.utcnow()).values()
    assert (clear.user, clear.contact) == ("annab", KEY)
