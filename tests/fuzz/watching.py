"""Records access to files, the network and processes, by Python's audit events."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import sys
from threading import get_ident

# Audit events that reading a document must not cause.
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

# By thread, since hypothesis stores its examples in another.
_watches: dict[int, list[str]] = {}


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event not in OUTSIDE or (touched := _watches.get(get_ident())) is None:
        return
    if not _is_pythons_own(event, arguments):
        touched.append(f"{event} {arguments[0] if arguments else ''}")


def _is_pythons_own(event: str, arguments: tuple[object, ...]) -> bool:
    """Return whether Python imports a module or reads the data of a package."""
    if event not in {"open", "os.listdir", "os.scandir"} or not isinstance(arguments[0], str):
        return False
    return _is_below_a_package(arguments[0])


def _is_below_a_package(path: str) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in sys.path if folder)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Record what this thread accesses outside of the process."""
    # The first use of a codec imports it, which would write byte code.
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    touched = _watches[get_ident()] = []
    try:
        yield touched
    finally:
        del _watches[get_ident()]
        sys.dont_write_bytecode = writes


# An audit hook cannot be removed; without a watch it does nothing.
sys.addaudithook(_audit)
