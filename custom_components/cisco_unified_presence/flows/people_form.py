"""The forms of people: their fields, and what was picked and written in them."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from ..const import (
    CONF_CONTROLLED,
    CONF_LINK_CALENDAR,
    CONF_LINK_DESK,
    CONF_LINK_PERSON,
    CONF_LINK_PLACE,
)
from ..people import Person, contact_key
from .contact_picks import ContactPick
from .person_lines import PersonLine, read_person_lines
from .selectors import TEXT

CONF_CONTACTS = "contacts"
CONF_PEOPLE = "people"
CONF_SHOW_CERTIFICATE = "show_certificate"

_LINES = TextSelector(TextSelectorConfig(multiline=True))

PEOPLE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_PEOPLE): _LINES,
        vol.Required(CONF_CONTROLLED, default=False): BooleanSelector(),
    }
)
# Where the contact list cannot be read because its service is not trusted.
UNTRUSTED_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_SHOW_CERTIFICATE, default=False): BooleanSelector(),
        vol.Optional(CONF_PEOPLE): _LINES,
        vol.Required(CONF_CONTROLLED, default=False): BooleanSelector(),
    }
)
PERSON_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_NAME): TEXT,
        vol.Required(CONF_CONTROLLED): BooleanSelector(),
        vol.Optional(CONF_LINK_PERSON): EntitySelector(EntitySelectorConfig(domain="person")),
        vol.Optional(CONF_LINK_CALENDAR): EntitySelector(EntitySelectorConfig(domain="calendar")),
        vol.Optional(CONF_LINK_DESK): EntitySelector(),
        vol.Optional(CONF_LINK_PLACE): EntitySelector(),
    }
)


def contacts_schema(picks: Mapping[str, ContactPick], presence_domain: str) -> vol.Schema:
    """Return the form that offers the watcher's contact list, by contact key, beside lines."""
    options = [
        SelectOptionDict(value=key, label=pick.label(presence_domain))
        for key, pick in picks.items()
    ]
    return vol.Schema(
        {
            vol.Optional(CONF_CONTACTS): SelectSelector(
                SelectSelectorConfig(options=options, multiple=True)
            ),
            vol.Optional(CONF_PEOPLE): _LINES,
            vol.Required(CONF_CONTROLLED, default=False): BooleanSelector(),
        }
    )


def controlled_schema(people: Mapping[str, Person]) -> vol.Schema:
    """Return the form that offers all people, by contact key, to choose whose presence is set."""
    options = [
        SelectOptionDict(value=key, label=f"{person.name} ({person.contact})")
        for key, person in sorted(people.items(), key=lambda each: each[1].name.casefold())
    ]
    return vol.Schema(
        {
            vol.Optional(CONF_PEOPLE): SelectSelector(
                SelectSelectorConfig(options=options, multiple=True)
            )
        }
    )


def read_people(
    typed: Mapping[str, Any], picks: Mapping[str, ContactPick], presence_domain: str
) -> list[PersonLine]:
    """Return who was picked and written; a line overrides a pick. Raises: BadLine."""
    picked = [picks[key].person for key in typed.get(CONF_CONTACTS, ())]
    written = read_person_lines(typed.get(CONF_PEOPLE, ""), presence_domain)
    return list({contact_key(each.contact): each for each in (*picked, *written)}.values())


def still_offered(typed: Mapping[str, Any], picks: Mapping[str, ContactPick]) -> dict[str, Any]:
    """Return what was typed, without contacts that have been added meanwhile."""
    if CONF_CONTACTS not in typed:
        return dict(typed)
    return {**typed, CONF_CONTACTS: [key for key in typed[CONF_CONTACTS] if key in picks]}
