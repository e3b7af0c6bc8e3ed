"""Sessions that a later run could not find by itself, as values that can be stored."""

from dataclasses import dataclass, field

from .dialect import Session


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session of an end user or of the application user that may live at a node.

    Attributes:
        node: The node's address, ``host:port``.
    """

    node: str
    user: str
    key: str = field(repr=False)

    @classmethod
    def of(cls, node: str, session: Session) -> OpenSession:
        return cls(node, session.name, session.key)

    @property
    def session(self) -> Session:
        return Session(self.user, self.key)
