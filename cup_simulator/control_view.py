"""What the control interface shows, as JSON."""

from collections.abc import Iterable

from .clock import Clock
from .faults import Fault
from .model import Device, Seen
from .people import Override, Person
from .request_log import Record
from .sessions import Session
from .state import PresenceService
from .subscriptions import Endpoint, Subscription

type Json = dict[str, object]


def state(service: PresenceService, clock: Clock) -> Json:
    """Return everything there is. Session keys are not shown."""
    now = clock.seconds()
    return {
        "domain": service.configuration.domain,
        "people": [person(service, each) for each in service.people],
        "sessions": [_session(each) for each in service.sessions],
        "endpoints": [_endpoint(each, now) for each in service.endpoints],
        "subscriptions": [_subscription(each, now) for each in service.subscriptions],
    }


def person(service: PresenceService, someone: Person) -> Json:
    """Return a person as watchers see them, and where that comes from.

    `manual` is the word chosen by hand and `override` the one set through the service,
    each null when there is none; the later of them shows.
    """
    shown = service.people.shown(someone)
    return {
        "user": shown.user,
        "name": shown.name,
        "contact": shown.contact,
        "presence": Seen(shown.contact, shown).presence,
        "note": shown.status.note,
        "activities": list(shown.status.activities),
        "manual": _word(someone.by_hand),
        "override": _word(someone.override),
        "devices": [_device(each) for each in shown.devices],
    }


def requests(records: Iterable[Record]) -> list[Json]:
    """Return what was asked, oldest first."""
    return [
        {
            "time": record.time.isoformat(),
            "source": record.source,
            "method": record.method,
            "path": record.path,
            "status": record.status,
        }
        for record in records
    ]


def fault(active: Fault, now: float) -> Json:
    """Return a fault as it was asked for, with what is left of it."""
    said = {
        "kind": active.kind,
        "code": active.code,
        "delay": active.delay,
        "bytes": active.length,
        "path": None if active.path is None else active.path.pattern,
        "method": active.method,
        "count": active.remaining,
        "seconds": None if active.until is None else round(active.until - now, 3),
    }
    if active.garbage is not None:
        said |= {
            "body": active.garbage.body,
            "status": active.garbage.status,
            "content_type": active.garbage.content_type,
        }
    return {name: value for name, value in said.items() if value is not None}


def _word(override: Override | None) -> str | None:
    return None if override is None else override.device.status.presence


def _device(device: Device) -> Json:
    return {
        "id": device.id,
        "presence": device.status.presence,
        "activities": list(device.status.activities),
    }


def _session(session: Session) -> Json:
    return {"user": session.user, "kind": session.kind, "application": session.application}


def _endpoint(endpoint: Endpoint, now: float) -> Json:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "application": endpoint.application,
        "expires_in": round(endpoint.until - now, 3),
    }


def _subscription(subscription: Subscription, now: float) -> Json:
    return {
        "id": subscription.id,
        "watcher": subscription.watcher,
        "endpoint": subscription.endpoint,
        "contacts": list(subscription.contacts.values()),
        "expires_in": round(subscription.until - now, 3),
        "news": bool(subscription.news),
        "notified": subscription.notified,
    }
