"""The condition that an event of a calendar is on, over all events of the calendar."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from homeassistant.const import CONF_ALIAS, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.template import Template
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .calendars import CalendarEvent, EventFilter, async_calendars, event_now, next_boundary
from .condition_facts import ConditionFact, FactKind, name_of
from .condition_inputs import Inputs
from .condition_result import ConditionResult, Scope
from .truth import TruthValue

CONF_ALL_DAY: Final = "all_day"
CONF_DESCRIPTION: Final = "description"
CONF_LOCATION: Final = "location"
CONF_TITLE: Final = "title"
PATTERNS: Final = (CONF_TITLE, CONF_LOCATION, CONF_DESCRIPTION)


@callback
def async_calendars_in(hass: HomeAssistant, target: Mapping[str, Any]) -> frozenset[str]:
    """Return the calendars that a target means now."""
    selected = async_extract_referenced_entity_ids(hass, TargetSelection({**target}))
    meant = selected.referenced | selected.indirectly_referenced
    return frozenset(each for each in meant if each.startswith("calendar."))


@callback
def async_filter_of(
    hass: HomeAssistant, options: Mapping[str, Any], variables: Mapping[str, Any]
) -> EventFilter:
    """Return which events the options of a condition mean.

    Raises:
        TemplateError: A pattern is a template that fails.
    """

    def rendered_pattern(written: str) -> str:
        return str(Template(written, hass).async_render(variables, parse_result=False))

    rendered = {
        key: [rendered_pattern(each) for each in cv.ensure_list(options[key])]
        for key in PATTERNS
        if key in options
    }
    return EventFilter(**rendered, all_day=options.get(CONF_ALL_DAY))


class CalendarLeaf:
    """A condition that an event is on, in any of its calendars.

    Attributes:
        inputs: The calendars as of the last evaluation.
        error: Why a pattern could not be rendered, None when it could.
    """

    may_depend_on_time = True
    polled_each_minute = False

    def __init__(self, hass: HomeAssistant, config: ConfigType, scope: Scope) -> None:
        self._hass = hass
        self._options: Mapping[str, Any] = config.get(CONF_OPTIONS) or {}
        self._target: Mapping[str, Any] = config[CONF_TARGET]
        self._scope = scope
        self._alias: str | None = config.get(CONF_ALIAS)
        self._calendars = async_calendars(hass)
        self._changed: Callable[[], None] | None = None
        self._subscribed: dict[str, CALLBACK_TYPE] = {}
        self.error: str | None = None
        self.inputs = Inputs()
        self._result = ConditionResult(TruthValue.UNKNOWN)

    @property
    def leaves(self) -> Sequence[CalendarLeaf]:
        return (self,)

    @property
    def words(self) -> str:
        """Return what this condition says when it is true."""
        return self._alias or f"{self._subject} is on"

    @property
    def _subject(self) -> str:
        titles = cv.ensure_list(self._options.get(CONF_TITLE))
        named = f" {' or '.join(f'“{each}”' for each in titles)}" if titles else ""
        return f"an event{named} of {' or '.join(sorted(self.inputs.entities)) or 'no calendar'}"

    @property
    def value(self) -> TruthValue:
        return self._result.value

    @property
    def mark(self) -> object:
        """Return what differs when other facts are told."""
        event = self._result.event or {}
        end = self.async_expected_end(dt_util.utcnow())
        return self.value, event.get("summary"), event.get("end"), end

    @callback
    def async_facts(self) -> tuple[ConditionFact, ...]:
        if self._alias:
            return (ConditionFact(kind=FactKind.NAMED, value=self.value, name=self._alias),)
        event = self._result.event or {}
        fact = ConditionFact(
            kind=FactKind.EVENT,
            value=self.value,
            name=event.get("summary", ""),
            names=tuple(name_of(self._hass, each) for each in sorted(self.inputs.entities)),
            until=event.get("end"),
        )
        return (fact,)

    @callback
    def async_expected_end(self, now: datetime) -> datetime | None:
        """Return when no event that is meant is on any more, None while none is on."""
        if self.value is not TruthValue.TRUE:
            return None
        try:
            wanted = async_filter_of(self._hass, self._options, self._scope.variables)
        except TemplateError:
            return None
        every = self._known_events
        end: datetime | None = None
        while event := event_now(every, wanted, end or now):
            end = event.end
        return end

    @callback
    def async_evaluate(self) -> ConditionResult:
        self._result = self._async_check()
        return self._result

    def _async_check(self) -> ConditionResult:
        calendars = async_calendars_in(self._hass, self._target)
        self.inputs = Inputs(calendars, members=calendars)
        self._subscribe(calendars)
        self.error = None
        try:
            wanted = async_filter_of(self._hass, self._options, self._scope.variables)
        except TemplateError as error:
            self.error = str(error)
            return ConditionResult(TruthValue.UNKNOWN, f"{self._alias or self._subject}: {error}")
        now = self._scope.now()
        if event := event_now(self._known_events, wanted, now):
            return ConditionResult(TruthValue.TRUE, event=event.variables)
        if any(self._calendars.events_of(each) is None for each in calendars):
            silent = f"{self._alias or self._subject}: its events are not known"
            return ConditionResult(TruthValue.UNKNOWN, silent)
        return ConditionResult(TruthValue.FALSE, self._alias or f"{self._subject} is not on")

    @callback
    def async_next_moment(self, now: datetime) -> datetime | None:
        """Return when an event begins or ends next."""
        return next_boundary(self._known_events, now)

    @property
    def _known_events(self) -> tuple[CalendarEvent, ...]:
        known = (self._calendars.events_of(each) for each in self.inputs.entities)
        return tuple(event for events in known if events for event in events)

    async def async_track(self, changed: Callable[[], None]) -> CALLBACK_TYPE | None:
        self._changed = changed
        return self._stop_tracking

    @callback
    def async_variables_changed(self, changed: Callable[[], None]) -> None:
        """The patterns are rendered in each evaluation."""

    @callback
    def async_unload(self) -> None:
        self._stop_tracking()

    @callback
    def _stop_tracking(self) -> None:
        self._changed = None
        while self._subscribed:
            self._subscribed.popitem()[1]()

    def _subscribe(self, calendars: frozenset[str]) -> None:
        if self._changed is None:
            return
        for gone in self._subscribed.keys() - calendars:
            self._subscribed.pop(gone)()
        for entity_id in calendars - self._subscribed.keys():
            self._subscribed[entity_id] = self._calendars.async_subscribe(entity_id, self._report)

    @callback
    def _report(self) -> None:
        if self._changed is not None:
            self._changed()
