"""What is known of an own presence, whatever people do and whatever is set over it."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from lxml import etree

from cup_simulator.clock import ManualClock
from cup_simulator.model import JABBER, PWS_DEVICE, Device, Presence, Seen, Status
from cup_simulator.people import People
from cup_simulator.pidf import write
from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.control.own_memory import OwnMemory
from custom_components.cisco_unified_presence.control.record import PublishedPresence
from custom_components.cisco_unified_presence.pws import Presence as Word
from custom_components.cisco_unified_presence.pws.pidf_reader import read_pidf
from tests.common.strategies import NOW

WORDS = st.sampled_from([each for each in Presence if each is not Presence.UNKNOWN])
DEVICES = st.sampled_from([JABBER, "phone"])


class OwnPresenceMachine(RuleBasedStateMachine):
    """A person and an integration that takes turns; each document arrives, late perhaps."""

    def __init__(self) -> None:
        super().__init__()
        self.people = People("example.com", {}, ManualClock(), lambda _contact: None)
        self.people.add("anna", "Anna", Device(JABBER, Status(Presence.AVAILABLE)))
        self.anna = self.people["anna"]
        self.memory = OwnMemory()
        self.published: PublishedPresence | None = None
        self.writes = 0
        # What the person has done since the own presence was shown.
        self.has_chosen = False
        self.arrive()

    def arrive(self) -> None:
        """Let a document arrive."""
        shown = self.people.shown(self.anna)
        document = etree.tostring(write(Seen(shown.contact, shown)))
        self.rich = read_pidf(document)
        self.memory = self.memory.after(self.rich, self.published)
        if self.is_shown:
            self.has_chosen = False

    @property
    def own(self) -> Word:
        return self.memory.own_presence(self.rich)[0]

    @property
    def is_shown(self) -> bool:
        """Whether the document tells; a choice of the word that is set may be what is set."""
        override, chosen = self.anna.override, self.anna.by_hand
        if chosen is None:
            return override is None and self.anna.published is None
        if override is None:
            return True
        is_other = chosen.device.status.presence is not override.device.status.presence
        return is_other and self.anna.shown_override() is chosen

    @property
    def truth(self) -> Word:
        chosen = self.anna.by_hand
        if chosen:
            return Word(chosen.device.status.presence)
        own = self.people.shown(self.anna).devices
        devices = [each for each in own if each.id != PWS_DEVICE]
        words = {each.status.presence for each in devices}
        order = (Presence.DND, Presence.BUSY, Presence.AVAILABLE, Presence.AWAY, Presence.VACATION)
        return Word(next((each for each in order if each in words), Presence.UNAVAILABLE))

    @rule(word=WORDS)
    def choose(self, word: Presence) -> None:
        self.people.choose_by_hand(self.anna, Status(word), JABBER)
        self.has_chosen = True
        self.arrive()

    @rule()
    def choose_nothing(self) -> None:
        self.people.be_automatic(self.anna)
        self.has_chosen = True
        self.arrive()

    @rule(word=WORDS, device=DEVICES)
    def report(self, word: Presence, device: str) -> None:
        self.people.report(self.anna, Status(word), device)
        self.arrive()

    @rule(word=WORDS, early=st.booleans())
    def set_override(self, word: Presence, *, early: bool) -> None:
        """Set a presence, whose document may arrive before the answer."""
        before = self.own
        self.published = None
        self.people.set_override(self.anna, Device("pws-override", Status(word)), 7200)
        if early:
            self.arrive()
        self.writes += 1
        requested = RequestedPresence(Word(word), override=True)
        at = NOW + timedelta(seconds=self.writes)
        self.published = PublishedPresence(requested, at, "mark", shown=Word(word))
        self.arrive()
        assert self.own == before

    @rule(word=WORDS)
    def set_device(self, word: Presence) -> None:
        before = self.own
        self.people.set_device(self.anna, Device(PWS_DEVICE, Status(word)), 7200)
        self.arrive()
        assert self.is_shown or self.own == before

    @rule(logs_out=st.booleans())
    def clear(self, *, logs_out: bool) -> None:
        before = self.own
        if logs_out:
            self.people.sign_out(self.anna)
        else:
            self.people.clear(self.anna)
        self.published = None
        self.arrive()
        assert self.is_shown or self.has_chosen or self.own == before

    @invariant()
    def is_what_the_person_does(self) -> None:
        if self.is_shown or not self.has_chosen:
            assert self.own == self.truth


TestOwnPresence = OwnPresenceMachine.TestCase
TestOwnPresence.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
