"""A presence rule: for whom, when, and what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
import hashlib
import json
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_CONDITIONS, CONF_FOR, CONF_ID, CONF_NAME

from ..arbitration import OVERRULED_FOR, RequestedPresence
from ..pws import Presence
from .directory import CONF_PEOPLE, PeopleSelection
from .linked_conditions import uses_links
from .presence_choice import CONF_NOTE, CONF_PRESENCE, PresenceChoice
from .schema import (
    CONF_AT_MOST,
    CONF_BEATS_MANUAL,
    CONF_EXCEPT,
    CONF_GRACE,
    CONF_HOLD,
    CONF_INSIST,
    CONF_OVERRIDE,
    CONF_OVERRULED_FOR,
    CONF_PRIORITY,
    CONF_UNTIL,
    CONF_VARIABLES,
    CONF_WHEN,
    CONF_YIELDS_TO,
    STORED_RULE_SCHEMA,
    requested_by,
)
from .template_names import names_in, personal_names, texts_in
from .timing import RuleTimes

USUALLY_YIELDS_TO: Final = frozenset({"do_not_disturb"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule; docs/rules.md describes its parts.

    Attributes:
        id: Identifies the rule in records and entities.
        name: Its name in the user interface.
        people: Whom it is about.
        when: Home Assistant's conditions as they were written, all of which must be true.
        times: Its durations.
        presence: What it requests for the people concerned.
        requested: That as one value, None where it depends, or is the person's own.
        note: The message beside it, which may be a template.
        override: Whether it stands over what devices report, None for the usual.
        priority: The higher wins.
        insist: Whether it is written again after a person has changed their presence.
        left_out: Whom of the people it leaves out.
        variables: As they were written.
        until: When it ends: a time, a template, or an entity; None when nothing was written.
        yields_to: The own presences and activities of a person over which it does not win, None
            for the usual.
        beats_manual: Whether it wins over what was set through Home Assistant.
        overruled_for: How long a person's choice is respected after the rule has ceased to hold.
        is_personal: Whether it is evaluated for each person, since its texts depend on them.
        fingerprint: Of all that decides whether it holds, besides its times; computed once, since
            it is compared at each change.
    """

    id: str
    name: str
    people: PeopleSelection
    when: list[Any]
    times: RuleTimes
    presence: PresenceChoice
    requested: RequestedPresence | None
    priority: int
    insist: bool
    note: str | None = None
    override: bool | None = None
    left_out: PeopleSelection = field(default_factory=PeopleSelection)
    variables: Mapping[str, Any] = field(default_factory=dict)
    until: str | Mapping[str, Any] | None = None
    yields_to: frozenset[str] | None = None
    beats_manual: bool = False
    overruled_for: timedelta = OVERRULED_FOR
    is_personal: bool = False
    fingerprint: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fingerprint", _fingerprint_of(self))

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
            presence=PresenceChoice.of(data[CONF_PRESENCE]),
            requested=requested_by(data),
            note=data.get(CONF_NOTE),
            override=data.get(CONF_OVERRIDE),
            priority=data[CONF_PRIORITY],
            insist=data[CONF_INSIST],
            left_out=PeopleSelection.of(data.get(CONF_EXCEPT, ())),
            variables=data.get(CONF_VARIABLES, {}),
            until=data.get(CONF_UNTIL),
            yields_to=frozenset(data[CONF_YIELDS_TO]) if CONF_YIELDS_TO in data else None,
            beats_manual=data[CONF_BEATS_MANUAL],
            overruled_for=data[CONF_OVERRULED_FOR],
            is_personal=_depends_on_person(data),
        )

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        named = {CONF_ID: subentry.subentry_id, CONF_NAME: name_of(subentry)}
        return cls.of(STORED_RULE_SCHEMA({**subentry.data, **named}))

    @property
    def has_texts(self) -> bool:
        """Return whether variables, presence, note or end have to be evaluated."""
        return bool(
            self.variables
            or self.until is not None
            or self.presence.fixed is None
            or any(texts_in(self.note))
        )

    def is_evaluated_like(self, other: Rule) -> bool:
        """Return whether what runs for another rule can go on for this one."""
        return self._evaluated == other._evaluated

    @property
    def _evaluated(self) -> tuple[object, ...]:
        return self.when, self.variables, self.presence, self.note, self.override, self.until

    def yields_to_of(self, requested: RequestedPresence | None) -> frozenset[str]:
        """Return over which own presences and activities a request does not win."""
        if self.yields_to is not None:
            return self.yields_to
        if self.insist or (requested and requested.presence is Presence.DND):
            return frozenset()
        return USUALLY_YIELDS_TO


def name_of(subentry: ConfigSubentry) -> str:
    """Return the name of a rule.

    The title has a word before it, so that rules stand together in lists; a title without one is
    of an earlier version, or was given by the user.
    """
    name: str = subentry.data.get(CONF_NAME, "")
    return name if name and subentry.title.endswith(f" {name}") else subentry.title


def _fingerprint_of(rule: Rule) -> str:
    decisive: dict[str, Any] = {CONF_CONDITIONS: rule.when}
    if rule.variables:
        decisive[CONF_VARIABLES] = rule.variables
    if rule.presence.fixed is None:
        decisive[CONF_PRESENCE] = repr(rule.presence)
    written = json.dumps(decisive, default=str)
    return hashlib.sha256(written.encode()).hexdigest()


def _depends_on_person(data: Mapping[str, Any]) -> bool:
    personal = personal_names(data.get(CONF_VARIABLES, {}))
    texts = [data.get(key) for key in (CONF_WHEN, CONF_PRESENCE, CONF_NOTE, CONF_UNTIL)]
    return bool(names_in(texts) & personal) or uses_links(data[CONF_WHEN])
