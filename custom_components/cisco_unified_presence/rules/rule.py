"""A presence rule: for whom, when, and what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import hashlib
import json
from typing import Any, Self

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_CONDITIONS, CONF_FOR, CONF_ID, CONF_NAME

from ..arbitration import RequestedPresence
from .directory import CONF_PEOPLE, PeopleSelection
from .schema import (
    CONF_AT_MOST,
    CONF_GRACE,
    CONF_HOLD,
    CONF_INSIST,
    CONF_PRIORITY,
    CONF_WHEN,
    STORED_RULE_SCHEMA,
    requested_by,
)
from .timing import RuleTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule; docs/rules.md describes its parts.

    Attributes:
        id: Identifies the rule in records and entities.
        name: Its name in the user interface.
        people: Whom it is about.
        when: Home Assistant's conditions as they were written, all of which must be true.
        times: Its durations.
        requested: The presence that it requests for the people concerned.
        priority: The higher wins.
        insist: Whether it is written again after a person has changed their presence.
        fingerprint: Of its conditions; computed once, since it is compared at each change.
    """

    id: str
    name: str
    people: PeopleSelection
    when: list[Any]
    times: RuleTimes
    requested: RequestedPresence
    priority: int
    insist: bool
    fingerprint: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fingerprint", _fingerprint_of(self.when))

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            id=data[CONF_ID],
            name=data[CONF_NAME],
            people=PeopleSelection.of(data[CONF_PEOPLE]),
            when=data[CONF_WHEN],
            times=RuleTimes(
                before=data[CONF_FOR],
                after=data[CONF_HOLD],
                at_most=data.get(CONF_AT_MOST),
                grace=data[CONF_GRACE],
            ),
            requested=requested_by(data),
            priority=data[CONF_PRIORITY],
            insist=data[CONF_INSIST],
        )

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        named = {CONF_ID: subentry.subentry_id, CONF_NAME: subentry.title}
        return cls.of(STORED_RULE_SCHEMA({**subentry.data, **named}))


def _fingerprint_of(conditions: list[Any]) -> str:
    written = json.dumps({CONF_CONDITIONS: conditions}, default=str)
    return hashlib.sha256(written.encode()).hexdigest()
