"""Composes the visible presence from a person's devices. Reference: rules 2, 21 and 22."""

from collections.abc import Iterable

from .model import Activity, Device, Presence, Status

# An assumption of the reference (rule 22): real servers have configurable rules.
PRECEDENCE = (
    Presence.DND,
    Presence.BUSY,
    Presence.AVAILABLE,
    Presence.AWAY,
    Presence.VACATION,
    Presence.UNAVAILABLE,
)

SIGNED_OUT = Status(Presence.UNAVAILABLE)


def compose(devices: Iterable[Device]) -> Status:
    """Return the status of a person without any override.

    Word and note are those of the highest-ranking device that has one, activities those of all.
    """
    ranked = sorted(
        (device.status for device in devices),
        key=lambda status: PRECEDENCE.index(status.presence),
    )
    if not ranked:
        return SIGNED_OUT
    first = ranked[0]
    return Status(
        presence=first.presence,
        activities=_activities(ranked),
        note=next((status.note for status in ranked if status.note), ""),
        details=first.details,
    )


def _activities(statuses: Iterable[Status]) -> tuple[Activity, ...]:
    found = dict.fromkeys(activity for status in statuses for activity in status.activities)
    return tuple(found)
