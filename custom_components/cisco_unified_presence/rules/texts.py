"""What a rule's own texts say: its variables, its presence, its note and its end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from homeassistant.const import (
    CONF_ATTRIBUTE,
    CONF_ENTITY_ID,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.event import (
    TrackStates,
    async_track_state_change_filtered,
    async_track_time_change,
)
from homeassistant.helpers.template import Template, is_template_string
from homeassistant.helpers.template.render_info import RenderInfo

from ..arbitration import RequestedPresence
from ..requested_presence import MAX_NOTE
from ..storage import storable_text
from .condition_inputs import quiet
from .ends import end_of
from .presence_choice import requested_for, why_none
from .rule import Rule
from .template_names import EVENT
from .truth import TruthValue

_SAYS_NOTHING: Final = frozenset({"", "none", STATE_UNAVAILABLE, STATE_UNKNOWN})

# Where these come of a presence, a condition was meant. What is not true may mean none.
_MEANT_AS_TRUE: Final = frozenset({"on", "true", "yes"})


@dataclass(frozen=True, slots=True)
class TextsResult:
    """What the texts of a rule say.

    Attributes:
        value: Whether its presence is one; unknown while that cannot be told.
        requested: What it requests, None for the person's own devices or without a presence.
        until: When it ends, None when nothing says so.
        is_end_known: Whether what says so could be asked; else the end stays what it was.
        failing: In words, why there is no presence.
    """

    value: TruthValue
    requested: RequestedPresence | None = None
    until: datetime | None = None
    is_end_known: bool = True
    failing: tuple[str, ...] = ()


class RuleTexts:
    """Renders the texts of a rule, and tracks what they depend on.

    Attributes:
        entities: The entities that the last rendering depended on.
        errors: Why texts could not be rendered, by the key of the rule that holds them.
    """

    def __init__(self, hass: HomeAssistant, rule: Rule) -> None:
        self.entities: frozenset[str] = frozenset()
        self.errors: dict[str, str] = {}
        self._hass = hass
        self._rule = rule
        self._templates: dict[str, Template] = {}
        self._infos: list[RenderInfo] = []
        self._named: set[str] = set()
        self._changed: Callable[[], None] | None = None
        self._tracker: Any = None
        self._untrack_minutes: CALLBACK_TYPE | None = None

    @callback
    def async_variables(self, person: Mapping[str, Any] | None) -> dict[str, Any]:
        """Render the variables; each may name the earlier ones. One that fails is None."""
        self._infos, self._named, self.errors = [], set(), {}
        values: dict[str, Any] = {} if person is None else {"person": person}
        for name, written in self._rule.variables.items():
            try:
                values[name] = self._value_of(written, values)
            except TemplateError as error:
                self.errors[f"variables.{name}"] = str(error)
                values[name] = None
        return values

    @callback
    def async_render(
        self, variables: Mapping[str, Any], event: Mapping[str, Any] | None, after: datetime
    ) -> TextsResult:
        """Render presence, note and end. The time of day of an end counts from ``after``."""
        variables = {**variables, EVENT: event}
        try:
            value, failing = self._presence_said(variables)
        except TemplateError as error:
            self.errors["presence"] = str(error)
            return TextsResult(TruthValue.UNKNOWN, failing=(f"presence: {error}",))
        if failing is not None:
            return TextsResult(TruthValue.UNKNOWN, failing=(failing,))
        choice = self._rule.presence
        chosen = choice.fixed or choice.choose(value)
        if chosen is None:
            return self._none_chosen(value)
        note = self._note(self._rule.note if chosen.note is None else chosen.note, variables)
        requested = requested_for(chosen, override=self._rule.override, note=note)
        said = self._end_said(variables)
        if said is None or str(said) in {STATE_UNAVAILABLE, STATE_UNKNOWN}:
            return TextsResult(TruthValue.TRUE, requested, is_end_known=self._rule.until is None)
        return TextsResult(TruthValue.TRUE, requested, end_of(said, after))

    @callback
    def async_track(self, changed: Callable[[], None]) -> None:
        """Call whenever a text may say something else; each rendering decides what is tracked."""
        self._changed = changed

    @callback
    def async_update_tracking(self) -> None:
        """Track what has been rendered since the variables."""
        entities = set(self._named).union(*(info.entities for info in self._infos))
        self.entities = frozenset(entities)
        if self._changed is None:
            return
        domains = set[str]().union(*(info.domains | info.domains_lifecycle for info in self._infos))
        every = any(info.all_states or info.all_states_lifecycle for info in self._infos)
        states = TrackStates(every, set() if every else entities, set() if every else domains)
        if self._tracker is None:
            self._tracker = async_track_state_change_filtered(self._hass, states, self._report)
        else:
            self._tracker.async_update_listeners(states)
        self._poll_each_minute(wanted=any(info.has_time for info in self._infos))

    @callback
    def async_stop(self) -> None:
        self._changed = None
        if self._tracker is not None:
            self._tracker.async_remove()
            self._tracker = None
        self._poll_each_minute(wanted=False)

    @callback
    def _report(self, _event: object) -> None:
        if self._changed:
            self._changed()

    def _poll_each_minute(self, *, wanted: bool) -> None:
        if wanted and self._untrack_minutes is None:
            self._untrack_minutes = async_track_time_change(self._hass, self._report, second=0)
        elif not wanted and self._untrack_minutes is not None:
            self._untrack_minutes()
            self._untrack_minutes = None

    def _presence_said(self, variables: Mapping[str, Any]) -> tuple[str, str | None]:
        """Return what the template or the entity says, and in words why that cannot be told.

        Raises:
            TemplateError: The template fails.
        """
        choice = self._rule.presence
        if choice.fixed is not None:
            return choice.fixed.word, None
        if choice.template is not None:
            return self._text(choice.template, variables), None
        entity_id = choice.entity_id or ""
        value = self._said_by(entity_id, choice.attribute)
        if isinstance(value, str) and value in {STATE_UNAVAILABLE, STATE_UNKNOWN}:
            return "", f"presence: {entity_id} is {value}"
        if value is None:
            return "", f"presence: {entity_id} is missing"
        return str(value), None

    def _none_chosen(self, value: str) -> TextsResult:
        """Return that there is no presence; of what means a truth it is an error."""
        why = why_none(self._rule.presence, value)
        if self._rule.presence.by_value is None and value.lower() in _MEANT_AS_TRUE:
            self.errors["presence"] = why
        return TextsResult(TruthValue.FALSE, failing=(f"presence: {why}",))

    def _note(self, written: str | None, variables: Mapping[str, Any]) -> str | None:
        if written is None or not is_template_string(written):
            return written
        try:
            note = self._text(written, variables)
        except TemplateError as error:
            self.errors["note"] = str(error)
            return None
        return None if note.lower() in _SAYS_NOTHING else note[:MAX_NOTE]

    def _end_said(self, variables: Mapping[str, Any]) -> object:
        """Return what says when the rule ends, None without that or while it fails."""
        match self._rule.until:
            case str(text) if is_template_string(text):
                try:
                    return self._text(text, variables)
                except TemplateError as error:
                    self.errors["until"] = str(error)
                    return None
            case None | str():
                return self._rule.until
            case entity:
                return self._said_by(entity[CONF_ENTITY_ID], entity.get(CONF_ATTRIBUTE))

    def _said_by(self, entity_id: str, attribute: str | None) -> object:
        self._named.add(entity_id)
        state = self._hass.states.get(entity_id)
        if state is None:
            return None
        return state.state if attribute is None else state.attributes.get(attribute, STATE_UNKNOWN)

    def _text(self, text: str, variables: Mapping[str, Any]) -> str:
        info = self._rendered(text, variables, parse_result=False)
        return storable_text(str(info.result()).strip())

    def _value_of(self, written: object, variables: Mapping[str, Any]) -> object:
        match written:
            case str() if is_template_string(written):
                return self._rendered(written, variables, parse_result=True).result()
            case Mapping():
                return {key: self._value_of(each, variables) for key, each in written.items()}
            case list():
                return [self._value_of(each, variables) for each in written]
            case _:
                return written

    def _rendered(
        self, text: str, variables: Mapping[str, Any], *, parse_result: bool
    ) -> RenderInfo:
        template = self._templates.get(text)
        if template is None:
            template = self._templates[text] = Template(text, self._hass)
        info = template.async_render_to_info(variables, parse_result=parse_result, log_fn=quiet)
        self._infos.append(info)
        return info
