"""What setting a presence changes: each case of basic and rich presence."""

import pytest

from cup_simulator import publication
from cup_simulator.errors import Code, PresenceServiceError
from cup_simulator.model import (
    Capabilities,
    Device,
    Presence,
    PublishedPresence,
    PublishedTuple,
    Source,
    Status,
)
from cup_simulator.publication import Publication

BUSY = Status(Presence.BUSY, note="In the lab")
AVAILABLE = Status(Presence.AVAILABLE)
VIDEO = Capabilities(video=True)


def as_override(status: Status, source: Source = Source.SERVICE) -> Publication:
    return Publication(override=Device("pws-override", status, source))


def as_device(status: Status, capabilities: Capabilities | None = None) -> Publication:
    device = Device("cisco-pws", status, Source.SERVICE, capabilities)
    return Publication(clears=status.presence is Presence.AVAILABLE, device=device)


def rich(status: Status, *tuples: PublishedTuple, clear: bool = False) -> PublishedPresence:
    return PublishedPresence(status, clear, tuples)


@pytest.mark.parametrize(
    ("presence", "override", "expected"),
    [
        (Presence.BUSY, True, as_override(Status(Presence.BUSY))),
        (Presence.DND, True, as_override(Status(Presence.DND))),
        (Presence.BUSY, False, as_device(Status(Presence.BUSY))),
        (Presence.AVAILABLE, False, as_device(AVAILABLE)),
    ],
)
def test_basic_presence(presence: Presence, *, override: bool, expected: Publication) -> None:
    assert publication.of_basic(presence, override=override) == expected


@pytest.mark.parametrize(
    ("published", "override", "expected"),
    [
        (
            rich(BUSY, PublishedTuple("other", "Human"), PublishedTuple("pws-override", "Human")),
            True,
            as_override(BUSY, Source.HUMAN),
        ),
        (rich(BUSY), False, as_device(BUSY)),
        (rich(BUSY, PublishedTuple("any", "Human", VIDEO)), False, as_device(BUSY, VIDEO)),
        (rich(AVAILABLE), False, as_device(AVAILABLE)),
        (rich(AVAILABLE, clear=True), False, Publication(clears=True)),
    ],
)
def test_rich_presence(
    published: PublishedPresence, *, override: bool, expected: Publication
) -> None:
    assert publication.of_rich(published, override=override) == expected


@pytest.mark.parametrize(
    ("presence", "override", "code"),
    [
        (Presence.AVAILABLE, True, Code.AVAILABLE_WITH_OVERRIDE),
        (Presence.DND, False, Code.DND_WITHOUT_OVERRIDE),
    ],
)
def test_basic_presence_that_is_refused(presence: Presence, *, override: bool, code: Code) -> None:
    with pytest.raises(PresenceServiceError, match=str(int(code))):
        publication.of_basic(presence, override=override)


@pytest.mark.parametrize(
    ("published", "override", "code"),
    [
        (rich(AVAILABLE, clear=True), True, Code.PRESENCE_REFUSED),
        (rich(BUSY, PublishedTuple("cisco-upc", "Human")), True, Code.BAD_OVERRIDE_TUPLE),
        (rich(BUSY, PublishedTuple("pws-override", "")), True, Code.BAD_SOURCE),
        (rich(BUSY, PublishedTuple("cisco-pws", "")), False, Code.BAD_SOURCE),
    ],
)
def test_rich_presence_that_is_refused(
    published: PublishedPresence, *, override: bool, code: Code
) -> None:
    with pytest.raises(PresenceServiceError, match=str(int(code))):
        publication.of_rich(published, override=override)
