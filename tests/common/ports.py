"""Ports that are free, and stay so until something listens there."""

from collections import deque
from random import SystemRandom
import socket
from typing import Final

# Below the ports of outgoing connections, and drawn anew in each of the processes that run tests.
PORTS: Final = range(20000, 32000)

# A port that was handed out is not listened at yet, or not again.
_handed_out: Final = deque[int](maxlen=100)


def unused_port() -> int:
    """Return a free port of this machine, each time another one."""
    for port in SystemRandom().sample(PORTS, len(PORTS)):
        if port not in _handed_out and _is_free(port):
            _handed_out.append(port)
            return port
    raise RuntimeError("No port is free")


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False
