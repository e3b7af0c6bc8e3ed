"""What is known of a person's own presence while something set through the service hides it.

A document shows a choice by hand only if nothing stands over it, and the server's own composition
only if nothing is set. Both are remembered, so that what is set does not change the own presence.
"""

from dataclasses import dataclass, replace
from typing import Self

from ..pws import Activity, Device, Presence, RichPresence
from .record import TRANSLATIONS, PublishedPresence


@dataclass(frozen=True, slots=True)
class _Document:
    """What the latest document has shown of a choice by hand.

    Attributes:
        shown: The word of the person.
        manual: Whether the document says that the person chose by hand.
        overrides: The words that are set over what devices report.
        published: What had been published by the integration when the document came.
        choice: Whether the word is the person's choice.
    """

    shown: Presence
    manual: bool
    overrides: frozenset[Presence]
    published: PublishedPresence | None
    choice: bool = False

    def is_like(self, other: Self) -> bool:
        """Tell whether a document shows the same, whatever has been written meanwhile."""
        return (self.shown, self.manual, self.overrides) == (
            other.shown,
            other.manual,
            other.overrides,
        )

    def has_same_override(self, other: Self) -> bool:
        """Tell whether nothing was written between two documents, by all that is known."""
        return (
            self.published is not None
            and self.published == other.published
            and self.overrides == other.overrides
        )


@dataclass(frozen=True, slots=True)
class OwnMemory:
    """What the documents of a person have shown of the own presence.

    Attributes:
        presence: The word when nothing stood over it, None before that.
        activities: What the person did besides, apart from the devices.
        by_hand: Whether the person chose it, so that devices make no difference.
        devices: What the person's devices reported then.
    """

    presence: Presence | None = None
    activities: frozenset[Activity] = frozenset()
    by_hand: bool = False
    devices: frozenset[Device] = frozenset()
    _latest: _Document | None = None

    def after(self, rich: RichPresence, published: PublishedPresence | None) -> Self:
        """Return what is known after a document, and what the integration has published by now."""
        before = self._latest
        document = _Document(rich.presence, rich.manual, rich.overrides, published)
        if before and before.is_like(document):
            # What was written over a choice since is shown by a later document.
            document = before if before.choice else replace(before, published=published)
        else:
            document = replace(document, choice=_is_choice(before, document))
        if document.choice or not rich.set_devices:
            return replace(
                self,
                presence=rich.presence,
                activities=rich.activities_of_person,
                by_hand=document.choice,
                devices=reports(rich),
                _latest=document,
            )
        if self.by_hand and _has_ended(before, document):
            return replace(type(self)(), _latest=document)
        return replace(self, _latest=document)

    def was_written_after(self, published: PublishedPresence | None) -> bool:
        """Tell whether this was published after the latest document came, which shows no choice."""
        latest = self._latest
        return latest is not None and not latest.choice and latest.published != published

    @property
    def choice(self) -> Presence | None:
        """The word that the person chose by hand, which may be hidden."""
        return self.presence if self.by_hand else None

    def own_presence(self, rich: RichPresence) -> tuple[Presence, frozenset[Activity]]:
        """Return the word and the activities without what is set, by the latest document."""
        of_devices = rich.activities_of_own_devices
        if self.presence is not None and (self.by_hand or self.devices == reports(rich)):
            return self.presence, of_devices | self.activities
        return rich.presence_of_own_devices, of_devices


def reports(rich: RichPresence) -> frozenset[Device]:
    """Return the person's own devices by what makes a presence."""
    return frozenset(
        Device(each.id, is_open=each.is_open, activities=each.activities)
        for each in rich.own_devices
    )


def _is_choice(before: _Document | None, document: _Document) -> bool:
    if not document.manual:
        return False
    if document.shown in document.overrides:
        # That says so of an override as well, but not of one that was there already without it.
        return before is not None and not before.manual and before.has_same_override(document)
    return not _is_translated(document)


def _is_translated(document: _Document) -> bool:
    """Tell whether a server may show what is set by another word."""
    published = document.published
    if published and published.shown is published.requested.presence:
        return False
    return document.shown in {TRANSLATIONS.get(each) for each in document.overrides}


def _has_ended(before: _Document | None, document: _Document) -> bool:
    """Tell whether a choice would be shown if it still stood."""
    if not document.overrides:
        return not document.manual
    return before is not None and before.choice and before.has_same_override(document)
