"""What may be requested for each person after acts, as far as it is known from outside."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from .acts import AUTOMATIC, OF_MANUAL, TURNS_ON, Act, Kind
from .installation import MEMBERS, PEOPLE, ROOMS, RULES, TEAM

# A note is written beside the presence that is shown.
ANY_WORD: Final = "any"

# A word and a note; None for the person's own devices.
type Requested = tuple[str, str] | None


@dataclass(slots=True)
class Expectation:
    """What may be requested for each person.

    An act that Home Assistant has confirmed holds. One that it has not may hold or not. Settings
    and pauses with an end are checked only after it.

    Attributes:
        manual: What may be set by hand; None for nothing.
        follows: The positions in which each person's switch Follow rules may be.
        paused: Whether each person's rules may be paused.
        switches: The positions in which the switch of each rule may be.
        rooms: Who is where; the rooms' sensors are told again at each start.
        members: Who is in the group, as Home Assistant has it stored.
    """

    manual: dict[str, set[Requested]] = field(
        default_factory=lambda: {user: {None} for user in PEOPLE}
    )
    follows: dict[str, set[bool]] = field(default_factory=lambda: {user: {True} for user in PEOPLE})
    paused: dict[str, set[bool]] = field(default_factory=lambda: {user: {False} for user in PEOPLE})
    switches: dict[str, set[bool]] = field(default_factory=lambda: {name: {True} for name in ROOMS})
    rooms: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(ROOMS, False))
    members: frozenset[str] = frozenset(MEMBERS)

    def begin(self, act: Act) -> None:
        """Note that an act was begun, so that it may have its effect from now on."""
        match act.kind:
            case Kind.ENTER | Kind.LEAVE:
                self.rooms[act.subject] = act.kind is Kind.ENTER
            case Kind.REMOVE_ENTRY:
                for user in PEOPLE:
                    self._may_be_forgotten(user)
            case Kind.REMOVE_PERSON:
                self._may_be_forgotten(act.subject)
            case _ if possible := self._possible(act):
                possible |= self._after(act)

    def confirm(self, act: Act) -> None:
        """Note that Home Assistant has said that an act is done."""
        if possible := self._possible(act):
            after = self._after(act)
            possible.clear()
            possible |= after

    def forget(self, user: str) -> None:
        """Note that a person was removed and added again."""
        self.manual[user] = {None}
        self._may_be_forgotten(user)

    def requested_for(self, user: str) -> set[Requested]:
        """Return what may be requested."""
        manual = self.manual[user]
        if None not in manual:
            return set(manual)
        rules = set[Requested]()
        obeys = {
            follows and not paused for follows in self.follows[user] for paused in self.paused[user]
        }
        if True in obeys:
            rules |= self._by_rules(user)
        if False in obeys:
            rules.add(None)
        return (manual - {None}) | rules

    def _by_rules(self, user: str) -> set[Requested]:
        """Return what rules may request, from the rule that wins over the others downwards."""
        possible = set[Requested]()
        for rule in reversed(RULES):
            people = self.members if rule.people == (TEAM,) else rule.people
            if user not in people or not self.rooms[rule.name]:
                continue
            if True in self.switches[rule.name]:
                possible.add((rule.presence, ""))
            if False not in self.switches[rule.name]:
                return possible
        return possible | {None}

    def _may_be_forgotten(self, user: str) -> None:
        self.manual[user] |= {None}
        # Deleted when the entry is loaded without the person, who may be back before.
        self.follows[user] |= {True}
        self.paused[user] |= {False}

    def _possible(self, act: Act) -> set[Any]:
        """Return what an act changes; nothing for one that changes no request."""
        if act.kind in OF_MANUAL:
            return self.manual[act.subject]
        match act.kind:
            case Kind.FOLLOW_ON | Kind.FOLLOW_OFF:
                return self.follows[act.subject]
            case Kind.PAUSE | Kind.RESUME:
                return self.paused[act.subject]
            case Kind.SWITCH_ON | Kind.SWITCH_OFF:
                return self.switches[act.subject]
        return set()

    def _after(self, act: Act) -> set[Any]:
        """Return what may hold once an act is done and what has an end has ended."""
        if act.kind in TURNS_ON:
            return {TURNS_ON[act.kind] and not act.lasts}
        match act.kind:
            case Kind.SET | Kind.SELECT if not act.lasts and act.word != AUTOMATIC:
                return {(act.word, "")}
            case Kind.WRITE_NOTE:
                words = {each[0] if each else ANY_WORD for each in self.manual[act.subject]}
                return {(word, act.word) for word in words}
            case Kind.CLEAR_NOTE:
                return set(self._without_note(self.manual[act.subject]))
        return {None}

    @staticmethod
    def _without_note(manual: Iterable[Requested]) -> Iterable[Requested]:
        for each in manual:
            yield None if each is None or each[0] == ANY_WORD else (each[0], "")
