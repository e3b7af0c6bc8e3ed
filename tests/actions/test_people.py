"""How actions name people."""

import pytest
import voluptuous as vol

from custom_components.cisco_unified_presence.actions.people import PEOPLE_FIELDS

SCHEMA = vol.Schema(PEOPLE_FIELDS)


def test_people_may_be_one_or_several() -> None:
    assert SCHEMA({"people": "anna"})["people"] == ["anna"]
    assert SCHEMA({"people": ["anna", "ben"]})["people"] == ["anna", "ben"]
    assert "people" not in SCHEMA({})


def test_a_list_of_nobody_is_refused() -> None:
    with pytest.raises(vol.Invalid, match="length"):
        SCHEMA({"people": []})
