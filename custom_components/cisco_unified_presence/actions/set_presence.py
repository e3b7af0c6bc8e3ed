"""Set people's presence manually, and clear the manual setting."""

from contextlib import ExitStack

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..arbitration import RequestedPresence
from ..requested_presence import MAX_NOTE, ImpossiblePresence, request_presence
from ..states import PRESENCES
from .ends import END_FIELDS, end_of
from .for_each import Act, async_for_each
from .permissions import Caller
from .targets import async_targets_of, invalid

ATTR_PRESENCE = "presence"
ATTR_OVERRIDE = "override"
ATTR_NOTE = "note"


def _encodable(text: str) -> str:
    """Return a text that can be stored and sent; half a surrogate pair can be neither."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise vol.Invalid("It has a character that cannot be sent") from error
    return text


PEOPLE_SCHEMA = cv.make_entity_service_schema({})
SET_PRESENCE_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Required(ATTR_PRESENCE): vol.In(list(PRESENCES)),
        vol.Optional(ATTR_NOTE): vol.All(
            cv.string, str.strip, vol.Length(min=1, max=MAX_NOTE), _encodable
        ),
        vol.Optional(ATTR_OVERRIDE): cv.boolean,
        **END_FIELDS,
    }
)


async def async_set_presence(call: ServiceCall) -> None:
    requested = _requested_by(call)
    end = end_of(call)
    caller = await Caller.async_of(call)
    await _async_for_controlled(
        call,
        lambda target: target.runtime.reconciler.async_set_manual(
            target.person,
            requested,
            end.at,
            ends_by_clock=end.by_clock,
            set_by=caller.name,
        ),
    )


async def async_clear_presence(call: ServiceCall) -> None:
    await _async_for_controlled(
        call, lambda target: target.runtime.reconciler.async_clear_manual(target.person)
    )


async def _async_for_controlled(call: ServiceCall, act: Act) -> None:
    targets = await async_targets_of(call, POLICY_CONTROL, controlled=True)
    for target in targets.people:
        target.runtime.decision_log.async_note_caller(target.person, call.context)
    with ExitStack() as together:
        for runtime in {id(target.runtime): target.runtime for target in targets.people}.values():
            together.enter_context(runtime.reconciler.saving_together())
        await async_for_each(
            call.hass,
            targets.people,
            act,
            "not_set_for",
            left_out=targets.left_out,
            beginning=together.pop_all(),
        )


def _requested_by(call: ServiceCall) -> RequestedPresence:
    try:
        return request_presence(
            PRESENCES[call.data[ATTR_PRESENCE]],
            override=call.data.get(ATTR_OVERRIDE),
            note=call.data.get(ATTR_NOTE),
        )
    except ImpossiblePresence as error:
        raise invalid(error.key) from error
