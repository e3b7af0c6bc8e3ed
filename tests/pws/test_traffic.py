"""Counting what is asked: by operation and result, with the last errors and latencies."""

from datetime import UTC, datetime
from itertools import count

import pytest

from custom_components.cisco_unified_presence.pws import (
    CertificateChanged,
    Failure,
    Latency,
    PresenceServiceError,
    Throttled,
    Traffic,
    UntrustedCertificate,
)
from custom_components.cisco_unified_presence.pws.traffic import OK, counted

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


class Service:
    """Makes calls that are counted."""

    def __init__(self, traffic: Traffic) -> None:
        """Take where they are counted."""
        self.traffic = traffic

    @counted
    async def fetch(self, answer: str, *, fails: bool = False) -> str:
        """Answer, or fail."""
        if fails:
            raise Throttled(212, answer)
        return answer

    @counted
    async def poll(self) -> None:
        """Break in a way that no server causes."""
        raise RuntimeError


def seconds() -> Traffic:
    """Return a traffic whose clock goes on by 1, 2, 3 ... seconds with each look at it."""
    ticks = count()
    return Traffic(clock=lambda: sum(range(next(ticks) + 1)), now=lambda: NOON)


async def test_calls_are_counted_by_operation_and_result() -> None:
    told: list[PresenceServiceError] = []
    service = Service(Traffic(told.append, now=lambda: NOON))
    assert await service.fetch("news") == "news"
    for _ in range(2):
        with pytest.raises(Throttled):
            await service.fetch("busy", fails=True)
    assert service.traffic.counts == {("fetch", OK): 1, ("fetch", "Throttled"): 2}
    sentence = "The server is too busy at the moment (code 212, busy)."
    assert list(service.traffic.failures) == [Failure(NOON, "fetch", sentence)] * 2
    assert [str(error) for error in told] == [sentence] * 2
    with pytest.raises(RuntimeError):
        await service.poll()
    assert ("poll", OK) not in service.traffic.counts


async def test_only_the_last_errors_are_kept() -> None:
    service = Service(Traffic())
    for number in range(25):
        with pytest.raises(Throttled):
            await service.fetch(str(number), fails=True)
    kept = [failure.sentence for failure in service.traffic.failures]
    assert len(kept) == 20
    assert "212, 5)" in kept[0]
    assert service.traffic.failures[0].when.tzinfo is UTC


async def test_the_last_fetches_tell_how_long_they_took() -> None:
    service = Service(seconds())
    assert service.traffic.fetches is None
    for _ in range(3):
        await service.fetch("")
    assert service.traffic.fetches == Latency(3, 3, 5)
    for _ in range(100):
        await service.fetch("")
    assert service.traffic.fetches == Latency(100, 106, 205)


def test_a_node_is_told_of_that_was_distrusted_and_answers() -> None:
    told: list[str] = []
    traffic = Traffic(on_trusted=told.append)
    for error in (UntrustedCertificate("self-signed", "a:1"), CertificateChanged("a", "b", "b:1")):
        traffic._note_failure("poll", error)
    assert traffic.distrusted == {"a:1", "b:1"}
    for address in ("a:1", "a:1", "c:1"):
        traffic.note_trusted(address)
    assert (told, traffic.distrusted) == (["a:1"], {"b:1"})
    alone = Traffic()
    alone.distrusted.add("a:1")
    alone.note_trusted("a:1")
    assert not alone.distrusted
