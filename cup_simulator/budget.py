"""What a node can take: requests in a second and computing time. Reference: rule 16.

A request counts with what a small node may compute for it: logins most, others by the bytes that
they carry. The figures are assumptions; only their order of magnitude matters.
"""

from collections import deque
from dataclasses import dataclass

from .clock import Clock
from .errors import Code, PresenceServiceError

WINDOW_SECONDS = 1.0

# Milliseconds.
REFUSAL_COST = 0.2
REQUEST_COST = 2.0
LOGIN_COST = 15.0
COST_OF_KILOBYTE = 0.1


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of a node; None is no limit.

    `requests` are those of a second, `cpu` is milliseconds of computing in a second.
    """

    requests: int | None = None
    cpu: int | None = None


NO_LIMIT = Budget()


def cost(*, is_login: bool, received: int, sent: int) -> float:
    """Return the milliseconds that a request of so many bytes counts."""
    return (LOGIN_COST if is_login else REQUEST_COST) + COST_OF_KILOBYTE * (received + sent) / 1000


class Meter:
    """Counts the requests of the last second at a node, and what they cost.

    `refused` are the requests that were beyond the budget so far.
    """

    def __init__(self, clock: Clock, budget: Budget) -> None:
        self.budget = budget
        self.refused = 0
        self._clock = clock
        self._spent = deque[tuple[float, float]]()

    @property
    def requests(self) -> int:
        """The number of requests in the last second."""
        self._forget()
        return len(self._spent)

    @property
    def cpu(self) -> float:
        """The milliseconds of computing in the last second."""
        self._forget()
        return sum(each for _, each in self._spent)

    def charge(self, milliseconds: float) -> None:
        """Count a request that was answered."""
        self._forget()
        self._spent.append((self._clock.seconds(), milliseconds))

    def admit(self) -> None:
        """Count a request as refused if it is beyond the budget. Codes: 210, 212."""
        if self.budget == NO_LIMIT:
            return
        if self.budget.requests is not None and self.requests >= self.budget.requests:
            self._refuse(Code.RATE_LIMIT)
        if self.budget.cpu is not None and self.cpu >= self.budget.cpu:
            self._refuse(Code.CPU_LIMIT)

    def _refuse(self, code: Code) -> None:
        self.refused += 1
        self.charge(REFUSAL_COST)
        raise PresenceServiceError(code)

    def _forget(self) -> None:
        begun = self._clock.seconds() - WINDOW_SECONDS
        while self._spent and self._spent[0][0] <= begun:
            self._spent.popleft()
