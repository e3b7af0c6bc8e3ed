"""What setting a presence changes: the override, the device, or both. Reference: rules 1 to 5."""

from dataclasses import dataclass

from .errors import Code, PresenceServiceError
from .model import (
    OVERRIDE_TUPLES,
    PWS_DEVICE,
    Capabilities,
    Device,
    Presence,
    PublishedPresence,
    Source,
    Status,
)


@dataclass(frozen=True, slots=True)
class Publication:
    """The changes to a person; `clears` drops the override before the others are set."""

    clears: bool = False
    override: Device | None = None
    device: Device | None = None


def of_basic(presence: Presence, *, override: bool) -> Publication:
    """Codes: 121, 122."""
    if presence is Presence.AVAILABLE and override:
        raise PresenceServiceError(Code.AVAILABLE_WITH_OVERRIDE)
    if presence is Presence.DND and not override:
        raise PresenceServiceError(Code.DND_WITHOUT_OVERRIDE)
    status = Status(presence)
    if override:
        return Publication(override=Device(OVERRIDE_TUPLES[0], status, Source.SERVICE))
    return _of_device(status)


def of_rich(published: PublishedPresence, *, override: bool) -> Publication:
    """Codes: 120, 161, 162."""
    if published.clear:
        if override:
            raise PresenceServiceError(Code.PRESENCE_REFUSED)
        return Publication(clears=True)
    named = next((each for each in published.tuples if each.id in OVERRIDE_TUPLES), None)
    if override and named is None:
        raise PresenceServiceError(Code.BAD_OVERRIDE_TUPLE)
    if any(each.source not in Source for each in published.tuples):
        raise PresenceServiceError(Code.BAD_SOURCE)
    if override and named is not None:
        return Publication(
            override=Device(named.id, published.status, Source(named.source), named.capabilities)
        )
    capabilities = published.tuples[0].capabilities if published.tuples else None
    return _of_device(published.status, capabilities)


def _of_device(status: Status, capabilities: Capabilities | None = None) -> Publication:
    """Return the status as one more device; AVAILABLE clears the override as well (rule 4)."""
    return Publication(
        clears=status.presence is Presence.AVAILABLE,
        device=Device(PWS_DEVICE, status, Source.SERVICE, capabilities),
    )
