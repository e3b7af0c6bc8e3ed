"""The states and the time that a simulation assumes in the place of the real ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from homeassistant.core import HomeAssistant, State


class Course(Protocol):
    """The states that an entity will have, as far as they are known ahead."""

    def state_at(self, moment: datetime, now: State | None) -> State | None:
        """Return the state at a moment; ``now`` is the one that the entity has in reality."""

    def next_change(self, after: datetime) -> datetime | None: ...


@dataclass(slots=True)
class World:
    """What a simulation assumes; its time moves on, reality does not.

    Attributes:
        began: The time at which it begins.
        now: The time that it has reached.
        given: States that are assumed, by entity id.
        only_given: Whether no other entity has a state, as in the tests of rules.
        courses: The entities whose states are known ahead.
        assumed: The entities whose states an evaluation has assumed to stay as they are.
        asks_time: Whether an evaluation has asked for the time, which each minute may change.
        undecided: Why an evaluation could not tell a condition at this time, in words.
        certain_only: Whether conditions that assume something evaluate to unknown.
    """

    began: datetime
    now: datetime
    given: Mapping[str, State] = field(default_factory=dict)
    only_given: bool = False
    courses: dict[str, Course] = field(default_factory=dict)
    assumed: set[str] = field(default_factory=set)
    asks_time: bool = False
    undecided: list[str] = field(default_factory=list)
    certain_only: bool = False

    @property
    def is_real(self) -> bool:
        """Return whether all is as it is: reality can be asked too."""
        return self.now == self.began and not self.given and not self.only_given

    def begin_evaluation(self) -> None:
        self.assumed = set()
        self.asks_time = False
        self.undecided = []

    def state_of(self, hass: HomeAssistant, entity_id: str) -> State | None:
        entity_id = entity_id.lower()
        if (given := self.given.get(entity_id)) is not None:
            return given
        if self.only_given:
            return None
        state = hass.states.get(entity_id)
        if self.now == self.began:
            return state
        if course := self.courses.get(entity_id):
            return course.state_at(self.now, state)
        self.assumed.add(entity_id)
        return state

    def next_change_of(self, entities: frozenset[str]) -> datetime | None:
        """Return when one of these entities changes next, as far as that is known."""
        named = (self.courses[each] for each in entities & self.courses.keys())
        changes = (course.next_change(self.now) for course in named)
        return min((change for change in changes if change), default=None)
