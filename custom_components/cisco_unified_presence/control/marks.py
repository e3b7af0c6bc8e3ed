"""Marks of what is published: the tuples of a rich document that are set through the service.

While a person's own devices report the published word, too, nothing else shows that the server has
lost it. Only a mark that was there since the write can be missed: a server may show none to others.
"""

from datetime import timedelta
from typing import Final

from ..pws import ContactPresence, Device
from .record import PublishedPresence

# A server whose documents show a mark now and then must not be written to without end.
TRUSTED_AGAIN_AFTER: Final = timedelta(minutes=15)


class Marks:
    """Remembers which published presences had their mark."""

    def __init__(self) -> None:
        self._marked: dict[str, PublishedPresence] = {}
        self._missed_at: dict[str, float] = {}

    def note(self, key: str, published: PublishedPresence, seen: ContactPresence | None) -> None:
        """Remember that the document about a person has the mark of what is published."""
        if _is_marked(published, seen):
            self._marked[key] = published

    def is_missing(
        self, key: str, published: PublishedPresence, seen: ContactPresence | None, now: float
    ) -> bool:
        """Tell whether the document has no mark any more.

        Args:
            key: The person.
            published: What is published for the person.
            seen: The latest document; a choice by hand in it may hide what is published.
            now: The loop's time.
        """
        if seen is None or seen.rich is None or seen.rich.manual:
            return False
        missed_at = self._missed_at.get(key)
        if missed_at is not None and now - missed_at < TRUSTED_AGAIN_AFTER.total_seconds():
            return False
        return self._marked.get(key) == published and not _is_marked(published, seen)

    def note_missed(self, key: str, now: float) -> None:
        """Note that a presence counts as lost since its mark is missing."""
        self._missed_at[key] = now

    def forget(self, key: str) -> None:
        self._marked.pop(key, None)
        self._missed_at.pop(key, None)


def _is_marked(published: PublishedPresence, seen: ContactPresence | None) -> bool:
    devices = seen.rich.devices if seen and seen.rich else ()
    return any(_is_mark(each, published) for each in devices)


def _is_mark(device: Device, published: PublishedPresence) -> bool:
    if published.requested.override:
        return device.is_override
    # A login alone makes such a tuple, too.
    is_device = device.is_set_through_the_service and not device.is_override
    return is_device and device.presence is published.requested.presence
