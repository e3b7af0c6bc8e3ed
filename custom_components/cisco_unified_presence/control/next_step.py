"""The next step that makes the server agree with a decision, as a pure function."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ..arbitration import RequestedPresence
from .record import PersonRecord, PublishedPresence

# For the sake of a note alone nothing is written more often.
NOTE_EACH: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the reconciler knows of a person before a step.

    Attributes:
        verify: Whether this step may verify what is published; a pass does so at most once.
        suspected: Whether what is published may have been lost or overruled.
        by_hand: Whether someone waits for the answer.
    """

    record: PersonRecord
    verify: bool
    suspected: bool
    write_allowed_at: datetime
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Verify:
    """Ask the server whether this presence is still published."""

    published: PublishedPresence


@dataclass(frozen=True, slots=True)
class Write:
    """Publish this presence, after clearing what may be published where it would interfere."""

    requested: RequestedPresence
    clear_first: bool = False


@dataclass(frozen=True, slots=True)
class Clear:
    """Clear what is published, or may be."""


@dataclass(frozen=True, slots=True)
class LogOut:
    """End the idle session."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Continue at this time: the write rate is used up."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """The server agrees until this time, or until a change if None."""

    until: datetime | None = None


type Step = Verify | Write | Clear | LogOut | Wait | Settled


def next_step(  # noqa: PLR0911 (a table, in the order in which it is read)
    situation: Situation, requested: RequestedPresence | None, now: datetime
) -> Step:
    """Return what to do next so that the server publishes what is requested, None for nothing."""
    record = situation.record
    if situation.verify and record.published and _is_in_doubt(situation, record.published, now):
        return Verify(record.published)
    if requested is None and record.idle_session and not record.may_be_published:
        return LogOut()
    if record.agrees_with(requested, now):
        return Settled(_next_change(record))
    if note_at := _note_waits_until(situation, requested, now):
        return Settled(min(note_at, _next_change(record) or note_at))
    if situation.write_allowed_at > now:
        return Wait(situation.write_allowed_at)
    if requested is None:
        return Clear()
    return Write(requested, clear_first=_is_in_the_way(record, requested))


def _is_in_the_way(record: PersonRecord, requested: RequestedPresence) -> bool:
    """Tell whether what is published, or may be, has to be cleared before this is written."""
    if record.published:
        return record.published.blocks(requested)
    # An override, which would hide it.
    return record.unsure and not requested.override


def _is_in_doubt(situation: Situation, published: PublishedPresence, now: datetime) -> bool:
    return situation.suspected or published.is_due(now)


def _note_waits_until(
    situation: Situation, requested: RequestedPresence | None, now: datetime
) -> datetime | None:
    """Return when a note may take the place of another, None when that or more is due now."""
    published = situation.record.published
    if published is None or requested is None or situation.by_hand:
        return None
    if replace(requested, note=None) != replace(published.requested, note=None):
        return None
    end = published.at + NOTE_EACH
    return end if published.at <= now < end else None


def _next_change(record: PersonRecord) -> datetime | None:
    renew_at = record.published.renew_at if record.published else None
    ends_at = record.manual.until if record.manual else None
    return min((moment for moment in (renew_at, ends_at) if moment), default=None)


class Finding(StrEnum):
    """What verifying a published presence has found."""

    PUBLISHED = "published"
    LOST = "lost"
    OVERRULED = "overruled"
    OUTDATED = "outdated"
    """The record is older than what this application user has published since."""


def finding(
    published: PublishedPresence,
    *,
    contradicted: bool,
    is_gone: bool,
    written_since: bool,
    now: datetime,
) -> Finding:
    """Judge a published presence after the server was asked about it.

    Args:
        published: The presence.
        contradicted: Whether another word is shown in its place.
        is_gone: Whether its session has ended, or its mark is missing.
        written_since: Whether another one was published through the service since.
        now: The present time.
    """
    if is_gone or published.may_have_ended(now):
        return Finding.LOST
    if written_since:
        return Finding.OUTDATED
    return Finding.OVERRULED if contradicted else Finding.PUBLISHED
