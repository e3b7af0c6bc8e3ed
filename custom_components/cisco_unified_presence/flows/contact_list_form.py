"""The form that asks how people follow the watcher's contact list."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.helpers.selector import BooleanSelector, SelectSelector, SelectSelectorConfig
import voluptuous as vol

from ..const import CONF_CONTACT_LIST_GROUP, CONF_CONTACT_LIST_LABELS, CONF_CONTACT_LIST_REMOVES
from ..pws import ContactGroup


def contact_list_schema(groups: Iterable[ContactGroup]) -> vol.Schema:
    """Return the form; where the list cannot be read, a group can be written."""
    names = [group.name for group in groups if group.name]
    choice = SelectSelector(SelectSelectorConfig(options=names, custom_value=True))
    return vol.Schema(
        {
            vol.Optional(CONF_CONTACT_LIST_GROUP): choice,
            vol.Required(CONF_CONTACT_LIST_REMOVES, default=True): BooleanSelector(),
            vol.Required(CONF_CONTACT_LIST_LABELS, default=False): BooleanSelector(),
        }
    )


def read_contact_list_form(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options; an empty group is the whole list."""
    group = typed.get(CONF_CONTACT_LIST_GROUP, "").strip()
    others = {key: each for key, each in typed.items() if key != CONF_CONTACT_LIST_GROUP}
    return {**others, CONF_CONTACT_LIST_GROUP: group} if group else others
