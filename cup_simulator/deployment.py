"""All nodes of one deployment, the people they share, and what happens when a node fails.

Reference: "Rules that decide whether it works", rules 18 and 19. What the reference leaves
open is decided here: a node that stops loses its sessions, endpoints and subscriptions at
once. What its sessions held of people's presence stays in sight until a node serves these
people again: the backup at once when it runs, else whichever of the two is started first. A
node that is cut off keeps everything. Sessions at the backup stay valid when the home node
is back; only new logins are sent home.
"""

import asyncio
from collections.abc import Callable, Mapping
from enum import StrEnum
import logging
from typing import override

from .clock import Clock
from .configuration import Configuration, ConfiguredNode
from .model import Device
from .people import People
from .place import NodeAddress, Place, Redirect
from .state import JABBER, PresenceService
from .subscriptions import Endpoint, Subscription

_LOGGER = logging.getLogger(__name__)

type Notify = Callable[[Endpoint, Subscription], None]


class NodeState(StrEnum):
    """Whether a node does its work."""

    RUNNING = "running"
    STOPPED = "stopped"
    CUT = "cut"
    """It runs, and no connection from or to it carries anything."""


class Node(Place):
    """One server of the deployment.

    `address` is known once it listens; `reachable` is set while it runs.
    """

    def __init__(
        self, deployment: Deployment, configured: ConfiguredNode, clock: Clock, notify: Notify
    ) -> None:
        """Run, with nobody logged in."""
        self.name = configured.name
        self.state = NodeState.RUNNING
        self.configured = configured
        self.address = NodeAddress("", 0, 0, 0)
        self.reachable = asyncio.Event()
        self.reachable.set()
        self._deployment = deployment
        self._notify_endpoint = notify
        self.service = PresenceService(
            deployment.configuration, deployment.people, clock, self._notify, self
        )

    def be(self, state: NodeState) -> None:
        """Be in a state, and let those know who wait for a node that can be reached."""
        self.state = state
        if state is NodeState.RUNNING:
            self.reachable.set()
        else:
            self.reachable.clear()

    @property
    def backup(self) -> Node | None:
        """The node that serves this one's people when it fails."""
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
    """The nodes, by name, and everybody they serve."""

    people: People

    def __init__(self, configuration: Configuration, clock: Clock, notify: Notify) -> None:
        """Start as configured; `notify` tells an endpoint that a subscription has news."""
        self.configuration = configuration
        self._clock = clock
        self._unserved = set[str]()
        self.people = self._nobody()
        self.nodes: Mapping[str, Node] = {
            each.name: Node(self, each, clock, notify) for each in configuration.nodes
        }
        self._add_people()

    @property
    def first(self) -> Node:
        """The node where people are homed who have no other home."""
        return next(iter(self.nodes.values()))

    @property
    def is_cluster(self) -> bool:
        """Whether there are several nodes."""
        return len(self.nodes) > 1

    def reset(self) -> None:
        """Be as freshly started."""
        self._unserved.clear()
        self.people = self._nobody()
        for node in self.nodes.values():
            node.be(NodeState.RUNNING)
            node.service.start(self.people)
        self._add_people()

    def expire(self) -> bool:
        """Let go of everything that has reached its expiry; say whether there was any."""
        gone = [node.service.expire() for node in self.nodes.values()]
        gone.append(self.people.fall_back())
        return any(gone)

    def home(self, user: str) -> Node:
        """Return the home node of a person."""
        person = self.people.get(user)
        return self.first if person is None or person.home is None else self.nodes[person.home]

    def serving(self, user: str) -> Node:
        """Return the node at which a person can be logged in: the home, or its backup for it."""
        home = self.home(user)
        if home.state is not NodeState.RUNNING and home.backup is not None:
            return home.backup if home.backup.state is NodeState.RUNNING else home
        return home

    def is_logged_in(self, user: str) -> bool:
        """Say whether an end user has a session at any node."""
        return any(node.service.sessions.end_user(user) for node in self.nodes.values())

    def set_state(self, node: Node, state: NodeState) -> None:
        """Let a node stop, be cut off, or run again."""
        if state is NodeState.STOPPED and node.state is not NodeState.STOPPED:
            users = [each.user for each in node.service.sessions.end_users()]
            node.service.start(self.people)
            self._unserved.update(user for user in users if not self.is_logged_in(user))
        node.be(state)
        self._take_over()

    def _take_over(self) -> None:
        """End what lost sessions held, of everybody whom a running node serves."""
        for user in sorted(self._unserved):
            if self.serving(user).state is NodeState.RUNNING:
                self._unserved.discard(user)
                self.people.sign_out(self.people[user])

    def _nobody(self) -> People:
        configuration = self.configuration
        return People(
            configuration.domain, configuration.translation, self._clock, self._presence_changed
        )

    def _add_people(self) -> None:
        for each in self.configuration.people:
            device = None if each.status is None else Device(JABBER, each.status)
            self.people.add(each.user, each.name, device, home=each.node)
        for each in self.configuration.federated:
            device = None if each.status is None else Device(JABBER, each.status)
            self.people.add_federated(each.user, each.name, device)

    def _presence_changed(self, contact: str) -> None:
        for node in self.nodes.values():
            node.service.subscriptions.presence_changed(contact)
