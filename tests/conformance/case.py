"""A conformance case, its outcome as exceptions, and the table of a section."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .stage import Stage


class Spoken(StrEnum):
    """The dialects that a case is run in."""

    REST = "REST"
    SOAP_1_1 = "SOAP 1.1"
    SOAP_1_2 = "SOAP 1.2"


EVERY: Final = frozenset(Spoken)
REST_ONLY: Final = frozenset({Spoken.REST})
SOAP_ONLY: Final = EVERY - REST_ONLY


class Needs(StrEnum):
    """Abilities that only the simulator has."""

    ACCOUNT = "a second application user"
    ANSWERS = "answers that are made up"
    CLIENTS = "what a person's own clients do"
    CLOCK = "a clock that can be moved"
    FAULTS = "faults at will"
    LIMITS = "limits that are known"
    NODES = "nodes that can be stopped"
    PORTS = "a port that is known to be refused"
    PRIVACY = "people whose policy can be changed"
    WORKERS = "a number of workers that is known"


class Differs(AssertionError):
    """The server behaves otherwise than the reference says."""


class Skipped(Exception):
    """The case cannot run here; the text says why."""


type Run = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Case:
    """One statement of the reference.

    ``rule`` is the number of the rule in section 5, the error code in section 6, else None.
    ``disturbs`` means that people notice the case, or that it slows the server down. ``needs`` is
    None if it can run against real servers.
    """

    section: int
    rule: int | None
    name: str
    dialects: frozenset[Spoken]
    disturbs: bool
    run: Run
    needs: Needs | None = None

    @property
    def label(self) -> str:
        number = f"{self.section}" if self.rule is None else f"{self.section}.{self.rule}"
        return f"{number} {self.name}"


class Table:
    """Cases in the order of the source."""

    def __init__(self, section: int) -> None:
        self.cases: list[Case] = []
        self._section = section

    def case(
        self,
        rule: int | None = None,
        *,
        dialects: frozenset[Spoken] = EVERY,
        disturbs: bool = False,
        needs: Needs | None = None,
    ) -> Callable[[Run], Run]:
        """Add the decorated coroutine; its name becomes the case's name."""

        def add(run: Run) -> Run:
            self.add(rule, _words(run), run, dialects=dialects, disturbs=disturbs, needs=needs)
            return run

        return add

    def add(
        self,
        rule: int | None,
        name: str,
        run: Run,
        *,
        dialects: frozenset[Spoken] = EVERY,
        disturbs: bool = False,
        needs: Needs | None = None,
    ) -> None:
        self.cases.append(Case(self._section, rule, name, dialects, disturbs, run, needs))


def _words(run: Run) -> str:
    name: str = getattr(run, "__name__", "")
    return name.replace("_", " ")
