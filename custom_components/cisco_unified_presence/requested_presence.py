"""What may be requested for a person: a word, whether it overrides, and a note beside it."""

from .arbitration import RequestedPresence
from .pws import Presence

# People's clients cut longer ones.
MAX_NOTE = 140

# What the server does not accept. Reference: "Rules that decide whether it works", rule 2.
FORBIDDEN = {
    (Presence.AVAILABLE, True): "available_override",
    (Presence.DND, False): "dnd_override",
}
NOTE_NEEDS_OVERRIDE = "note_needs_override"
IMPOSSIBLE = {
    "available_override": "available without a note cannot override",
    "dnd_override": "do_not_disturb has to override",
    NOTE_NEEDS_OVERRIDE: "a note needs override",
}


class ImpossiblePresence(ValueError):
    """The server would not accept this; ``key`` is that of the sentence that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(IMPOSSIBLE[key])
        self.key = key


def note_of(text: str) -> str | None:
    """Return a note without blanks around it, None for an empty one.

    Raises:
        ValueError: It is too long, or has a character that can be neither stored nor sent.
    """
    note = text.strip()
    # Half a surrogate pair.
    note.encode()
    if len(note) > MAX_NOTE:
        raise ValueError("The note is too long")
    return note or None


def request_presence(
    presence: Presence, *, override: bool | None, note: str | None
) -> RequestedPresence:
    """Return a request that the server accepts, with the usual override for None.

    Raises:
        ImpossiblePresence: The server would not accept it.
    """
    if override is None:
        # Beside a note, which needs a document, Available may override too.
        override = presence is not Presence.AVAILABLE or note is not None
    if note is not None and not override:
        raise ImpossiblePresence(NOTE_NEEDS_OVERRIDE)
    if note is None and (key := FORBIDDEN.get((presence, override))):
        raise ImpossiblePresence(key)
    return RequestedPresence(presence, override, note)
