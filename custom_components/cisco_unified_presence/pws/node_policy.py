"""Which nodes a server may redirect users to. Reference: "REST", 307, and rules 18 and 19.

The application user's password goes to every node that is used, so a redirection must keep the
kind of connection and lead to a node that the caller allows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from yarl import URL

from .addresses import read_url
from .errors import Redirected, RedirectRefusal, RedirectRefused
from .model import Security, Server


def _any_node(_host: str, _port: int) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePolicy:
    """Which nodes, by host and port, may be used, and how they are trusted.

    ``trust_of`` None means as the first node. ``backup`` is the first node's, ``host`` or
    ``host:port``, as an earlier login named it.
    """

    allow_node: Callable[[str, int], bool] = _any_node
    # It may know the data of an entry, with the password.
    trust_of: Callable[[str, int], Security] | None = field(default=None, repr=False)
    backup: str | None = None

    def target_of(self, redirect: Redirected, source: Server) -> Server:
        """Return the node that a redirection leads to. Raises RedirectRefused."""
        if redirect.location is None:
            return self.node_named(redirect.primary or "", source)
        try:
            url = read_url(redirect.location)
        except ValueError:
            url = URL()
        if not url.host:
            return self.node_named(redirect.primary or "", source)
        # Without a scheme it is the one that the source was asked by.
        if url.scheme not in {"", "https" if source.is_secure else "http"}:
            if url.scheme == "https" and redirect.primary:
                # Servers may write https in any case: the reference shows no other form.
                node = self.node_named(redirect.primary, source)
                if node.address.lower() != source.address.lower():
                    return node
            there = f"{url.scheme}://{url.host_port_subcomponent}"
            raise RedirectRefused(source.address, there, RedirectRefusal.OTHER_SCHEME)
        return self._node(url.host, url.explicit_port, source)

    def node_named(self, name: str, source: Server) -> Server:
        """Return the node of a ``host`` or ``host:port``. Raises RedirectRefused."""
        name = name.strip()
        is_bare_ipv6 = name.count(":") > 1 and not name.startswith("[")
        try:
            url = read_url(f"//[{name}]" if is_bare_ipv6 else f"//{name}")
            host, port = url.host, url.explicit_port
        except ValueError:
            host = port = None
        if not host:
            raise RedirectRefused(source.address, name[:80], RedirectRefusal.UNREADABLE)
        return self._node(host, port, source)

    def _node(self, host: str, port: int | None, source: Server) -> Server:
        if not host.isprintable() or " " in host:
            raise RedirectRefused(source.address, host, RedirectRefusal.UNREADABLE)
        port = source.port if port is None else port
        security = source.security if self.trust_of is None else self.trust_of(host, port)
        try:
            node = Server(host=host, port=port, security=security)
        except ValueError as error:
            raise RedirectRefused(source.address, host, RedirectRefusal.UNREADABLE) from error
        if node.is_secure != source.is_secure:
            raise RedirectRefused(source.address, node.address, RedirectRefusal.OTHER_SCHEME)
        if not self.allow_node(node.bare_host, node.port):
            raise RedirectRefused(source.address, node.address, RedirectRefusal.NOT_ALLOWED)
        return node
