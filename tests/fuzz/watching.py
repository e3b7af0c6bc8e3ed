"""Notes every file that is opened and every name or address that is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import sys
from threading import get_ident

# What Python tells its auditors of, and what none of it has to do with reading a document.
OUTSIDE = frozenset(
    {
        "open",
        "os.listdir",
        "os.scandir",
        "os.system",
        "os.exec",
        "os.posix_spawn",
        "os.remove",
        "os.rename",
        "os.mkdir",
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.sendto",
        "subprocess.Popen",
        "urllib.Request",
    }
)

# By the thread that is watched; hypothesis stores its examples in another.
_watches: dict[int, list[str]] = {}


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event not in OUTSIDE or (touched := _watches.get(get_ident())) is None:
        return
    if not _is_pythons_own(event, arguments):
        touched.append(f"{event} {arguments[0] if arguments else ''}")


def _is_pythons_own(event: str, arguments: tuple[object, ...]) -> bool:
    """Say whether a module or what comes with a package is being read."""
    if event not in {"open", "os.listdir", "os.scandir"} or not isinstance(arguments[0], str):
        return False
    return _is_below_a_package(arguments[0])


def _is_below_a_package(path: str) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in sys.path if folder)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Note what this thread touches outside of the process meanwhile."""
    # A codec that is used for the first time would be compiled, and written down.
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    touched = _watches[get_ident()] = []
    try:
        yield touched
    finally:
        del _watches[get_ident()]
        sys.dont_write_bytecode = writes


# There is no way to take such a hook away again; without a watch it does nothing.
sys.addaudithook(_hear)
