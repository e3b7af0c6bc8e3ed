"""Which node to ask next, after a failure or a redirection. Reference: rules 18 and 19."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from .errors import CannotConnect, ConnectFailure, RedirectRefusal
from .homes import Home
from .model import Server
from .node_policy import NodePolicy

_MAX_HOPS: Final = 5

# The node answers, but cannot prove who it is; asking its backup instead would hide that.
_TRUST_FAILURES: Final = frozenset(
    {ConnectFailure.TLS_FAILED, ConnectFailure.NOT_TLS, ConnectFailure.TLS_REQUIRED}
)


class NextStep(Enum):
    """What follows a call that could not reach its node."""

    RAISE = auto()
    REPEAT = auto()
    PROBE = auto()


def allows_failover(error: CannotConnect) -> bool:
    """Tell whether another node may be asked in place of the one that was not reached."""
    return error.reason not in _TRUST_FAILURES


def step_after_failure(
    home: Home, asked: str, *, failed_at: float, probed_at: float | None
) -> NextStep:
    """Return what follows when the node that was asked for a home's user was not reached.

    ``failed_at`` is when the call failed, ``probed_at`` when the home's node was last probed.
    """
    if home.serving != asked:
        return NextStep.REPEAT
    if probed_at is not None and probed_at >= failed_at:
        return NextStep.RAISE
    return NextStep.PROBE


def alternative(
    home: Home, primary: Server, backup: str | None, policy: NodePolicy
) -> Server | None:
    """Return the node that could serve a home in place of the one that does, None without one.

    ``backup`` is the name that the primary node gives. Raises RedirectRefused when it may not be
    used.
    """
    if not home.is_on_primary:
        return primary
    if backup is None:
        return None
    server = policy.node_named(backup, primary)
    return None if server.address.lower() == home.primary else server


def hop_refusal(target: str, passed: Sequence[str]) -> RedirectRefusal | None:
    """Return why a redirection is not followed, given the nodes that redirected before."""
    if target in passed:
        return RedirectRefusal.LOOP
    return RedirectRefusal.TOO_MANY if len(passed) > _MAX_HOPS else None
