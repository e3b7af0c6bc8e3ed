"""Ports that are free, and stay so until a test listens there."""

from random import SystemRandom
import socket
from typing import Final

# Below the ports of outgoing connections, and drawn anew in each of the processes that run tests.
_PORTS: Final = range(20000, 32000)
_handed_out: Final = set[int]()


def unused_port() -> int:
    """Return a free port of this machine, each time another one."""
    for port in SystemRandom().sample(_PORTS, len(_PORTS)):
        if port not in _handed_out and _is_free(port):
            _handed_out.add(port)
            return port
    raise RuntimeError("No port is free")


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False
