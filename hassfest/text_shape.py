"""The shape of a file of translations: where which text may stand."""

import re

import homeassistant  # noqa: F401 (puts its own probatio in voluptuous' place)
import voluptuous as vol

# Home Assistant allows capitals nowhere, and a hyphen or an underscore only inside.
_KEY = vol.Match(re.compile(r"(?![_-])[a-z0-9_-]+(?<![_-])\Z"), msg="it is no translation key")
_TEXTS = {_KEY: str}

_FIELDS = {vol.Optional("data"): _TEXTS, vol.Optional("data_description"): _TEXTS}
_STEP = {
    vol.Optional("title"): str,
    vol.Optional("description"): str,
    vol.Optional("submit"): str,
    vol.Optional("menu_options"): _TEXTS,
    vol.Optional("menu_option_descriptions"): _TEXTS,
    **_FIELDS,
    vol.Optional("sections"): {
        _KEY: {vol.Required("name"): str, vol.Optional("description"): str, **_FIELDS}
    },
}
_FLOW = {
    vol.Optional("step"): {_KEY: _STEP},
    vol.Optional("error"): _TEXTS,
    vol.Optional("abort"): _TEXTS,
    vol.Optional("progress"): _TEXTS,
    vol.Optional("create_entry"): _TEXTS,
}
_SUBENTRY_FLOW = {
    vol.Required("entry_type"): str,
    vol.Required("initiate_flow"): {
        vol.Required("user"): str,
        vol.Optional("reconfigure"): str,
    },
    **_FLOW,
}
_STATES = {vol.Optional("name"): str, vol.Optional("state"): _TEXTS}
_ENTITY = {
    **_STATES,
    vol.Optional("state_attributes"): {_KEY: _STATES},
    vol.Optional("unit_of_measurement"): str,
}
_ISSUE = vol.All(
    {
        vol.Required("title"): str,
        vol.Exclusive("description", "body"): str,
        vol.Exclusive("fix_flow", "body"): _FLOW,
    },
    vol.Any(
        {vol.Required("title"): str, vol.Required("description"): str},
        {vol.Required("title"): str, vol.Required("fix_flow"): object},
        msg="it needs a description or a fix_flow",
    ),
)


def _described(description: vol.Marker) -> dict[vol.Marker, object]:
    fields = {_KEY: {vol.Required("name"): str, description: str}}
    return {
        vol.Required("name"): str,
        vol.Required("description"): str,
        vol.Optional("fields"): fields,
    }


_ACTION = {
    **_described(vol.Required("description")),
    vol.Optional("sections"): {_KEY: {vol.Required("name"): str, vol.Optional("description"): str}},
}
_AUTOMATION = _described(vol.Optional("description"))

TRANSLATIONS = vol.Schema(
    {
        vol.Optional("title"): str,
        vol.Optional("common"): _TEXTS,
        vol.Optional("config"): {vol.Optional("flow_title"): str, **_FLOW},
        vol.Optional("config_subentries"): {_KEY: _SUBENTRY_FLOW},
        vol.Optional("options"): _FLOW,
        vol.Optional("device"): {_KEY: {vol.Required("name"): str}},
        vol.Optional("entity"): {_KEY: {_KEY: _ENTITY}},
        vol.Optional("exceptions"): {_KEY: {vol.Required("message"): str}},
        vol.Optional("issues"): {_KEY: _ISSUE},
        vol.Optional("selector"): {_KEY: {vol.Required("options"): _TEXTS}},
        vol.Optional("services"): {_KEY: _ACTION},
        vol.Optional("triggers"): {_KEY: _AUTOMATION},
        vol.Optional("conditions"): {_KEY: _AUTOMATION},
        vol.Optional("system_health"): {vol.Required("info"): _TEXTS},
    }
)
