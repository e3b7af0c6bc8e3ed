"""Which node is asked next, after a failure or a redirection. Reference: rules 18 and 19."""

import pytest

from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    CertificateChanged,
    ConnectFailure,
    NodePolicy,
    PlainHttp,
    RedirectRefusal,
    RedirectRefused,
    Server,
    UntrustedCertificate,
)
from custom_components.cisco_unified_presence.pws.failover import (
    NextStep,
    allows_failover,
    alternative,
    hop_refusal,
    step_after_failure,
)
from custom_components.cisco_unified_presence.pws.homes import Home

ONE, TWO = "one:8082", "two:8082"
PRIMARY = Server(host="One", port=8082, security=PlainHttp())
BACKUP = Server(host="two", port=8082, security=PlainHttp())


@pytest.mark.parametrize("reason", ConnectFailure)
def test_trust_failure_is_not_hidden_by_a_backup(reason: ConnectFailure) -> None:
    concerns_trust = reason in {
        ConnectFailure.NOT_TLS,
        ConnectFailure.TLS_FAILED,
        ConnectFailure.TLS_REQUIRED,
    }
    assert allows_failover(CannotConnect(reason)) is not concerns_trust


@pytest.mark.parametrize("error", [UntrustedCertificate(), CertificateChanged("aa", "bb")])
def test_certificate_is_not_hidden_by_a_backup(error: CannotConnect) -> None:
    assert not allows_failover(error)


@pytest.mark.parametrize(
    ("serving", "probed_at", "step"),
    [
        (ONE, None, NextStep.PROBE),
        (ONE, 9.0, NextStep.PROBE),
        # The probe ended after this call had failed, so its result holds for this call too.
        (ONE, 10.0, NextStep.RAISE),
        (ONE, 11.0, NextStep.RAISE),
        # Another call has failed over meanwhile.
        (TWO, None, NextStep.REPEAT),
        (TWO, 11.0, NextStep.REPEAT),
    ],
)
def test_step_after_a_failure(serving: str, probed_at: float | None, step: NextStep) -> None:
    home = Home(ONE, serving)
    assert step_after_failure(home, ONE, failed_at=10.0, probed_at=probed_at) is step


@pytest.mark.parametrize(
    ("serving", "backup", "expected"),
    [
        (ONE, None, None),
        (ONE, "two", BACKUP),
        (ONE, "two:8082", BACKUP),
        # A node that names itself has no backup.
        (ONE, "ONE", None),
        (TWO, None, PRIMARY),
        (TWO, "two", PRIMARY),
    ],
)
def test_alternative_node(serving: str, backup: str | None, expected: Server | None) -> None:
    assert alternative(Home(ONE, serving), PRIMARY, backup, NodePolicy()) == expected


def test_backup_that_may_not_be_used() -> None:
    policy = NodePolicy(allow_node=lambda _host, _port: False)
    with pytest.raises(RedirectRefused) as refused:
        alternative(Home(ONE, ONE), PRIMARY, "two", policy)
    assert refused.value.refusal is RedirectRefusal.NOT_ALLOWED


@pytest.mark.parametrize(
    ("passed", "refusal"),
    [
        ([ONE], None),
        ([ONE, "a:1", "b:1", "c:1", "d:1"], None),
        ([ONE, TWO], RedirectRefusal.LOOP),
        ([ONE, "a:1", "b:1", "c:1", "d:1", "e:1"], RedirectRefusal.TOO_MANY),
        ([TWO, "a:1", "b:1", "c:1", "d:1", "e:1"], RedirectRefusal.LOOP),
    ],
)
def test_redirection_that_is_not_followed(
    passed: list[str], refusal: RedirectRefusal | None
) -> None:
    assert hop_refusal(TWO, passed) is refusal
