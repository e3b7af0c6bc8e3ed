"""The nodes of one deployment, their shared people, and failover.

Reference: "Rules that decide whether it works", rules 18 and 19. Decided here, since the reference
leaves it open: a node that stops loses its sessions, endpoints and subscriptions at once. The
presence that these sessions set stays visible until a node serves their users again: the backup
at once if it runs, else the first of the two nodes to start. A node that is cut off loses nothing.
Sessions at the backup stay valid after the home node returns; new logins are redirected to it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
import logging
from typing import override

from .budget import Meter
from .clock import Clock
from .configuration import Configuration, ConfiguredNode
from .contact_lists import ContactLists
from .model import JABBER, Device
from .people import People, Person
from .place import NodeAddress, Place, Redirect
from .service import PresenceService
from .subscriptions import Endpoint, Subscription
from .workers import Workers

_LOGGER = logging.getLogger(__name__)

type Notify = Callable[[Endpoint, Subscription], None]


class NodeState(StrEnum):
    """The operational state of a node."""

    RUNNING = "running"
    STOPPED = "stopped"
    CUT = "cut"
    """It runs, but no connection from or to it carries data."""


class Node(Place):
    """One server; `address` is set once it listens, `reachable` while it runs.

    `tls` takes effect when the ports are opened anew.
    """

    def __init__(
        self, deployment: Deployment, configured: ConfiguredNode, clock: Clock, notify: Notify
    ) -> None:
        self.name = configured.name
        self.state = NodeState.RUNNING
        self.configured = configured
        self.address = NodeAddress("", 0, 0, 0)
        self.tls = deployment.configuration.tls
        self.workers = Workers(deployment.configuration.workers)
        self.meter = Meter(clock, deployment.configuration.budget)
        self.reachable = asyncio.Event()
        self.reachable.set()
        self._deployment = deployment
        self._notify_endpoint = notify
        self.service = PresenceService(
            deployment.configuration, deployment.people, clock, self._notify, self
        )

    def reset(self) -> None:
        """Return to the configured state, without what clients have made here."""
        self.switch_to(NodeState.RUNNING)
        self.tls = self._deployment.configuration.tls
        self.workers.limit = self._deployment.configuration.workers
        self.meter.budget = self._deployment.configuration.budget

    def switch_to(self, state: NodeState) -> None:
        self.state = state
        if state is NodeState.RUNNING:
            self.reachable.set()
        else:
            self.reachable.clear()

    @property
    def backup(self) -> Node | None:
        """The node that serves this node's people while it is down."""
        name = self.configured.backup
        return None if name is None else self._deployment.nodes[name]

    @override
    def redirect(self, user: str) -> Redirect | None:
        serving = self._deployment.serving(user)
        if serving is self:
            return None
        home = self._deployment.home(user)
        backup = home.backup
        return Redirect(serving.address, home.address, None if backup is None else backup.address)

    @override
    def is_logged_in(self, user: str) -> bool:
        return self._deployment.is_logged_in(user)

    @override
    def backup_name(self, scheme: str, asked: str) -> str | None:
        if self.backup is None:
            return self._deployment.configuration.backup_server
        return self.backup.address.name(scheme, asked)

    def _notify(self, endpoint: Endpoint, subscription: Subscription) -> None:
        if self.state is NodeState.CUT:
            _LOGGER.info("Notification of subscription %d lost: node cut off", subscription.id)
            return
        self._notify_endpoint(endpoint, subscription)


class Deployment:
    """The nodes, by name, and the people that they serve."""

    people: People

    def __init__(self, configuration: Configuration, clock: Clock, notify: Notify) -> None:
        """`notify` delivers a notification of a subscription to an endpoint."""
        self.configuration = configuration
        self._clock = clock
        self._unserved = set[str]()
        self.people = self._new_people()
        self.nodes: Mapping[str, Node] = {
            each.name: Node(self, each, clock, notify) for each in configuration.nodes
        }
        self._add_people()
        self.contact_lists = self._new_contact_lists()

    @property
    def first(self) -> Node:
        """The home of people without a configured node."""
        return next(iter(self.nodes.values()))

    @property
    def is_cluster(self) -> bool:
        return len(self.nodes) > 1

    def reset(self) -> None:
        """Return to the configured state."""
        self._unserved.clear()
        self.people = self._new_people()
        self.contact_lists = self._new_contact_lists()
        for node in self.nodes.values():
            node.reset()
            node.service.start(self.people)
        self._add_people()

    def expire(self) -> bool:
        """Remove everything that has expired; return whether anything has."""
        gone = [node.service.expire() for node in self.nodes.values()]
        gone.append(self.people.fall_back())
        return any(gone)

    def home(self, user: str) -> Node:
        person = self.people.get(user)
        return self.first if person is None or person.home is None else self.nodes[person.home]

    def serving(self, user: str) -> Node:
        """Return the node that logs a person in: the home, or its backup while the home is down."""
        home = self.home(user)
        if home.state is not NodeState.RUNNING and home.backup is not None:
            return home.backup if home.backup.state is NodeState.RUNNING else home
        return home

    def is_logged_in(self, user: str) -> bool:
        """Return whether an end user has a session at any node."""
        return any(node.service.sessions.end_user(user) for node in self.nodes.values())

    def set_state(self, node: Node, state: NodeState) -> None:
        if state is NodeState.STOPPED and node.state is not NodeState.STOPPED:
            users = [each.user for each in node.service.sessions.end_users()]
            node.service.start(self.people)
            self._unserved.update(user for user in users if not self.is_logged_in(user))
        node.switch_to(state)
        self._take_over()

    def _take_over(self) -> None:
        """Clear the presence of lost sessions once a running node serves their users."""
        for user in sorted(self._unserved):
            if self.serving(user).state is NodeState.RUNNING:
                self._unserved.discard(user)
                self.people.sign_out(self.people[user])

    def _new_contact_lists(self) -> ContactLists:
        people = self.configuration.people
        return ContactLists(
            {each.user: each.contacts for each in people},
            {each.user: each.nicknames for each in people},
        )

    def _new_people(self) -> People:
        configuration = self.configuration
        return People(
            configuration.domain,
            configuration.translation,
            self._clock,
            self._presence_changed,
            sharing=configuration.sharing,
        )

    def _add_people(self) -> None:
        for each in self.configuration.people:
            device = None if each.status is None else Device(JABBER, each.status)
            self.people.add(each.user, each.name, device, home=each.node)
            self.people[each.user].blocked = frozenset(each.blocks)
        for each in self.configuration.federated:
            device = None if each.status is None else Device(JABBER, each.status)
            self.people.add_federated(each.user, each.name, device)

    def share(self, *, sharing: bool) -> None:
        """Switch availability sharing on or off."""
        self.people.sharing = sharing
        for person in self.people:
            self._visibility_changed(person)

    def block(self, person: Person, watchers: Iterable[str]) -> None:
        """Show a person to these users as offline, and to no others."""
        person.blocked = frozenset(watchers)
        self._visibility_changed(person)

    def _visibility_changed(self, person: Person) -> None:
        for node in self.nodes.values():
            node.service.subscriptions.presence_changed(
                self.people.contact(person.user), lambda _: True
            )

    def _presence_changed(self, contact: str) -> None:
        for node in self.nodes.values():
            node.service.subscriptions.presence_changed(
                contact, lambda watcher: self.people.may_see(watcher, contact)
            )
