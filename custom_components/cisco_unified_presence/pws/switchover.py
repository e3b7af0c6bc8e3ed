"""Moving the users of a home to another node, and back to the primary. Reference: rule 18."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
import logging
from typing import Final

from .errors import CannotConnect, PresenceServiceError, RedirectRefused
from .failover import NextStep, allows_failover, alternative, step_after_failure
from .homes import Home, Homes
from .model import Server
from .node import Node, Settings
from .node_cleanup import NodeCleanup
from .node_policy import NodePolicy
from .node_pool import NodePool

_LOGGER = logging.getLogger(__name__)

# Seconds to wait before each probe of a node, until its backup is asked.
_PROBE_PAUSES: Final = (0.0, 1.0, 2.0)

# Seconds for each probe, during which all calls of the home wait.
_PROBE_TIMEOUT: Final = 5.0


class Switchover:
    """Changes the node that serves a home, one change at a time for each home."""

    def __init__(
        self,
        homes: Homes,
        nodes: NodePool,
        settings: Settings,
        policy: NodePolicy,
        on_node_changed: Callable[[Server, Server], None],
    ) -> None:
        self._homes = homes
        self._nodes = nodes
        self._settings = settings
        self._policy = policy
        self._on_node_changed = on_node_changed
        self._cleanup = NodeCleanup(homes)
        self._changing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._probed_at: dict[str, float] = {}

    async def fail_over(self, home: Home, node: Node, error: CannotConnect) -> bool:
        """Tell whether another node serves a home now in place of one that was not reached."""
        if not allows_failover(error):
            return False
        failed_at = self._settings.clock()
        async with self._changing[home.primary]:
            probed_at = self._probed_at.get(home.primary)
            step = step_after_failure(home, node.address, failed_at=failed_at, probed_at=probed_at)
            if step is not NextStep.PROBE:
                return step is NextStep.REPEAT
            moved = await self._replace(home, node)
            self._probed_at[home.primary] = self._settings.clock()
            return moved

    async def _replace(self, home: Home, node: Node) -> bool:
        """Let another node serve, unless this one answers or the other one does not."""
        other = await self._alternative(home)
        if other is None or await self._answers(node):
            return False
        try:
            await other.sessions.refresh_application()
        except PresenceServiceError as error:
            _LOGGER.debug("%s cannot serve either: %s", other.address, error)
            return False
        _LOGGER.debug("%s cannot be reached; failing over to %s", node.address, other.address)
        home.serving = other.address
        # First, since a session that is reported as lost counts as gone with what it carries.
        self._on_node_changed(node.server, other.server)
        self._cleanup.abandon_sessions(node, home)
        return True

    async def _alternative(self, home: Home) -> Node | None:
        primary = self._nodes[home.primary]
        try:
            server = alternative(home, primary.server, primary.sessions.backup, self._policy)
        except RedirectRefused as refusal:
            _LOGGER.debug("The backup is not used: %s", refusal)
            return None
        return None if server is None else await self._nodes.open(server)

    async def _answers(self, node: Node) -> bool:
        for pause in _PROBE_PAUSES:
            await self._settings.sleep(pause)
            try:
                async with asyncio.timeout(_PROBE_TIMEOUT):
                    await node.sessions.refresh_application()
            except CannotConnect, TimeoutError:
                continue
            except PresenceServiceError:
                return True
            return True
        return False

    async def fail_back_all(self) -> None:
        """Return every home to its primary node, where that is back."""
        for home in self._homes:
            try:
                await self.fail_back(home)
            except PresenceServiceError as error:
                _LOGGER.debug("%s is not back yet: %s", home.primary, error)

    async def fail_back(self, home: Home) -> None:
        """Return a home to its primary node. Raises when that does not log the application in.

        The sessions at the backup are abandoned, not ended: what they carry is to be published at
        the primary first.
        """
        async with self._changing[home.primary]:
            if home.is_on_primary:
                return
            primary, backup = self._nodes[home.primary], self._nodes[home.serving]
            await primary.sessions.refresh_application()
            home.serving = home.primary
            _LOGGER.debug("%s is back", primary.address)
            try:
                await self._cleanup.remove_made(primary, home)
                await self._cleanup.remove_made(backup, home)
            finally:
                # Also when the caller is cancelled: the primary serves by now.
                self._on_node_changed(backup.server, primary.server)
                self._cleanup.abandon_sessions(backup, home)
