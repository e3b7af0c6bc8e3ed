"""Forks processes of Home Assistant from one that has imported everything, which takes seconds.

It takes connections on a socket. Each is a process of its own from then on: its first line says
what to start, and what follows is told to Home Assistant.
"""

import asyncio
import importlib
import json
import os
from pathlib import Path
import pkgutil
from select import select
import signal
import socket
import sys
from typing import Final

import custom_components.cisco_unified_presence as integration

from . import victim

# What Home Assistant imports while it starts.
IMPORTED: Final = ("diagnostics", "homeassistant", "http", "repairs", "webhook")


def main(arguments: list[str]) -> None:
    """Fork for each connection to the socket in a folder, until the input ends."""
    _import_everything()
    # Processes that have ended leave nothing to be waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(arguments[0])
        listener.listen()
        print("ready", flush=True)
        while sys.stdin not in select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                asyncio.run(_run(connection))
                return
            connection.close()


async def _run(connection: socket.socket) -> None:
    reader, writer = await asyncio.open_unix_connection(sock=connection)
    order = json.loads(await reader.readline())
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, sys.stderr.fileno())
    writer.write(json.dumps({"pid": os.getpid()}).encode() + b"\n")
    await victim.run(Path(order["folder"]), order["rooms"], reader, writer)


def _import_everything() -> None:
    for name in IMPORTED:
        importlib.import_module(f"homeassistant.components.{name}")
    for module in pkgutil.walk_packages(integration.__path__, f"{integration.__name__}."):
        importlib.import_module(module.name)


if __name__ == "__main__":
    main(sys.argv[1:])
