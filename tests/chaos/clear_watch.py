"""Watches, during faults as well, that nothing requested is cleared, and nothing else is set."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from cup_simulator.model import Device
from cup_simulator.people import Person
from cup_simulator.service import PresenceService
from cup_simulator.sessions import Session

from . import scenario
from .invariants import published_for
from .server import RestartableServer
from .workday import Workday

# What was sent before a request changed may arrive so much later: a late answer, and the client's
# time limit.
MARGIN: Final = 60.0


class ClearWatch:
    """Notes each clear and each logout that takes away what has been requested for a while.

    It notes as well each presence that is set though something else has been requested for so long.

    Only people without manual changes are watched: for them the request is known.
    """

    def __init__(self, server: RestartableServer, workday: Workday) -> None:
        self._server = server
        self._workday = workday
        self._excuses = 0
        self._excused_until = 0.0
        self._found: list[str] = []
        self.attach()
        server.on_start = self.attach

    def attach(self) -> None:
        """Watch the current run of the server, in which nobody's devices have reported yet."""
        self._workday.touch()
        deployment = self._server.simulator.deployment
        people = deployment.people
        clear = people.clear

        def clear_watched(person: Person) -> None:
            with self._watching("cleared"):
                clear(person)

        people.clear = clear_watched  # type: ignore[method-assign]
        set_override = people.set_override

        def set_watched(person: Person, device: Device, expiry: int) -> None:
            set_override(person, device, expiry)
            self._check_set(person)

        people.set_override = set_watched  # type: ignore[method-assign]
        for name, node in deployment.nodes.items():
            self._attach_to(node.service, name)

    def _attach_to(self, service: PresenceService, name: str) -> None:
        logout: Callable[[Session], None] = service.logout

        def logout_watched(session: Session) -> None:
            with self._watching(f"lost by a logout of {session.user} at {name}"):
                logout(session)

        service.logout = logout_watched  # type: ignore[method-assign]

    @contextmanager
    def excused(self, *, late: float = MARGIN) -> Iterator[None]:
        """Note nothing meanwhile, and so many seconds later: a person or the server clears."""
        self._excuses += 1
        try:
            yield
        finally:
            self._excuses -= 1
            self._excused_until = max(self._excused_until, _now() + late)

    def take(self) -> list[str]:
        """Return what was noted since the last time."""
        found, self._found = self._found, []
        return found

    def _check_set(self, person: Person) -> None:
        is_excused = self._excuses or _now() < self._excused_until
        if is_excused or person.user not in scenario.WITHOUT_MANUAL_CHANGES:
            return
        published = published_for(person)
        requested = self._workday.requested_since(person.user, MARGIN)
        if requested and published not in requested:
            self._found.append(
                f"{published} was set for {person.user} at second {_now():.0f}, and requested was"
                f" {requested}"
            )

    @contextmanager
    def _watching(self, what: str) -> Iterator[None]:
        if self._excuses or _now() < self._excused_until:
            yield
            return
        people = self._server.simulator.deployment.people
        before = {user: published_for(people[user]) for user in scenario.WITHOUT_MANUAL_CHANGES}
        yield
        for user, published in before.items():
            lost = published is not None and published_for(people[user]) is None
            if lost and self._workday.requested_since(user, MARGIN) == {published}:
                self._found.append(
                    f"{published} of {user} was {what} at second {_now():.0f} though requested"
                )


def _now() -> float:
    return asyncio.get_running_loop().time()
