"""The control interface's JSON representations."""

from collections.abc import Callable, Iterable

from .clock import Clock
from .deployment import Deployment, Node
from .faults import Fault
from .model import Device
from .people import Override, Person
from .request_log import Record
from .service import PresenceService
from .sessions import Session
from .subscriptions import Endpoint, Subscription

type Json = dict[str, object]


def state(deployment: Deployment, clock: Clock) -> Json:
    """Return the whole state, without session keys.

    Of a cluster there are the nodes as well, and each thing that belongs to a node, and
    each person, has the name of the node.
    """
    now = clock.seconds()
    found: Json = {
        "domain": deployment.configuration.domain,
        "people": [person(deployment, each) for each in deployment.people],
        "sessions": _at_nodes(deployment, lambda at: map(_session, at.sessions)),
        "endpoints": _at_nodes(
            deployment, lambda at: (_endpoint(each, now) for each in at.endpoints)
        ),
        "subscriptions": _at_nodes(
            deployment, lambda at: (_subscription(each, now) for each in at.subscriptions)
        ),
    }
    if not deployment.people.sharing:
        found["sharing"] = False
    if deployment.is_cluster:
        found["nodes"] = nodes(deployment)
    return found


def _at_nodes(
    deployment: Deployment, things: Callable[[PresenceService], Iterable[Json]]
) -> list[Json]:
    """Return things of all nodes, with the node's name if there are several."""
    return [
        thing | ({"node": node.name} if deployment.is_cluster else {})
        for node in deployment.nodes.values()
        for thing in things(node.service)
    ]


def nodes(deployment: Deployment) -> list[Json]:
    return [node(each) for each in deployment.nodes.values()]


def node(each: Node) -> Json:
    """Return a node; an empty host is any address, `workers` of null are without limit."""
    return {
        "name": each.name,
        "host": each.address.host,
        "http_port": each.address.http_port,
        "https_port": each.address.https_port,
        "epas_port": each.address.epas_port,
        "backup": each.configured.backup,
        "state": each.state,
        "shows": list(each.tls.shows),
        "versions": list(each.tls.versions),
        "workers": each.workers.limit,
        "connections": each.workers.connections,
        "budget": {
            "requests": each.meter.budget.requests,
            "cpu": each.meter.budget.cpu,
            "refused": each.meter.refused,
        },
    }


def time(clock: Clock) -> Json:
    return {"time": clock.utc().isoformat()}


def person(deployment: Deployment, subject: Person) -> Json:
    """Return a person as watchers see them, with devices and overrides.

    `manual` is the word chosen by hand and `override` the one set through the service,
    each null when there is none; the later of them shows.
    """
    shown = deployment.people.shown(subject)
    found: Json = {
        "user": shown.user,
        "name": shown.name,
        "contact": shown.contact,
        "presence": shown.status.presence,
        "note": shown.status.note,
        "activities": list(shown.status.activities),
        "manual": _word(subject.by_hand),
        "override": _word(subject.override),
        "devices": [_device(each) for each in shown.devices],
    }
    if subject.blocked:
        found["blocks"] = sorted(subject.blocked)
    if shown.is_federated:
        found["federated"] = True
    elif deployment.is_cluster:
        found["node"] = deployment.home(shown.user).name
    return found


def requests(records: Iterable[Record], *, is_cluster: bool) -> list[Json]:
    """Return logged requests, oldest first."""
    return [_request(record, is_cluster=is_cluster) for record in records]


def _request(record: Record, *, is_cluster: bool) -> Json:
    found: Json = {
        "time": record.time.isoformat(),
        "source": record.source,
        "method": record.method,
        "path": record.path,
        "status": record.status,
    }
    if record.operation:
        found["operation"] = record.operation
    if is_cluster:
        found["node"] = record.node
    return found


def fault(active: Fault, now: float) -> Json:
    """Return a fault with its remaining count and seconds."""
    said = {
        "kind": active.kind,
        "code": active.code,
        "delay": active.delay,
        "bytes": active.length,
        "path": None if active.path is None else active.path.pattern,
        "method": active.method,
        "node": active.node,
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
