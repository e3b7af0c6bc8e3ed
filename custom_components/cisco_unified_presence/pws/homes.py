"""On which node each user is homed, and which node serves that home. Reference: rules 18 and 19.

Nodes are named by their addresses, ``host:port`` in lower case.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Home:
    """A primary node, and the node that serves its users now: itself, or its backup."""

    primary: str
    serving: str

    @property
    def is_on_primary(self) -> bool:
        return self.serving == self.primary


class Homes:
    """The homes of a deployment. Users without a known home have the application's."""

    def __init__(self, application_node: str) -> None:
        self.application = Home(application_node, application_node)
        self._homes = {application_node: self.application}
        self._home_of: dict[str, Home] = {}

    def __iter__(self) -> Iterator[Home]:
        return iter(tuple(self._homes.values()))

    @property
    def are_on_primaries(self) -> bool:
        return all(home.is_on_primary for home in self)

    def of(self, user: str | None) -> Home:
        """Return the home of an end user, or with None the application's."""
        return self.application if user is None else self._home_of.get(user, self.application)

    def with_primary(self, node: str) -> Home:
        """Return the home with this primary node, adding one that the primary serves."""
        return self._homes.setdefault(node, Home(node, node))

    def served_by(self, node: str) -> Home | None:
        return next((home for home in self if home.serving == node), None)

    def serves_others(self, node: str, home: Home) -> bool:
        return any(other.serving == node for other in self if other is not home)

    def assign(self, user: str, home: Home) -> None:
        self._home_of[user] = home

    def forget(self, user: str) -> None:
        """Let the application's node be asked again for a user's home."""
        self._home_of.pop(user, None)
