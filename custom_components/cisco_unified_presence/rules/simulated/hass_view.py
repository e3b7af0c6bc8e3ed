"""Home Assistant as conditions and templates see it in a simulation.

They are Home Assistant's own, and read states and the time through `hass` and its template
environment. The view answers with those of the simulated world, and passes on all else. Nothing
that is written to its data reaches Home Assistant.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast, override

from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import Template, TemplateEnvironment
from homeassistant.util import dt as dt_util
from jinja2 import pass_context

from .world import World

# Their results are told from the real time.
_RELATIVE = ("relative_time", "time_since", "time_until")


def hass_view(hass: HomeAssistant, world: World) -> HomeAssistant:
    return cast("HomeAssistant", _HassView(hass, world))


class _HassView:
    def __init__(self, hass: HomeAssistant, world: World) -> None:
        self._hass = hass
        self.states = _States(hass, world)
        self.data = _Data(
            {key: each for key, each in hass.data.items() if not _is_environment(each)}, world
        )

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (whatever Home Assistant has)
        return getattr(self._hass, name)


class _States:
    """The part of the state machine that reads."""

    def __init__(self, hass: HomeAssistant, world: World) -> None:
        self._hass = hass
        self._world = world

    def get(self, entity_id: str) -> State | None:
        return self._world.state_of(self._hass, entity_id)

    def is_state(self, entity_id: str, state: str) -> bool:
        found = self.get(entity_id)
        return found is not None and found.state == state

    def async_entity_ids(self, domain_filter: str | Iterable[str] | None = None) -> list[str]:
        real = () if self._world.only_given else self._hass.states.async_entity_ids()
        every = {*real, *self._world.given}
        if domain_filter is None:
            return sorted(every)
        domains = {domain_filter} if isinstance(domain_filter, str) else set(domain_filter)
        return sorted(each for each in every if split_entity_id(each)[0] in domains)

    def async_entity_ids_count(self, domain_filter: str | Iterable[str] | None = None) -> int:
        return len(self.async_entity_ids(domain_filter))

    def async_all(self, domain_filter: str | Iterable[str] | None = None) -> list[State]:
        found = map(self.get, self.async_entity_ids(domain_filter))
        return [state for state in found if state]


class _Data(dict[Any, Any]):
    """The data of integrations, with template environments of its own."""

    def __init__(self, data: dict[Any, Any], world: World) -> None:
        super().__init__(data)
        self._world = world

    @override
    def __setitem__(self, key: Any, value: Any) -> None:
        if _is_environment(value):
            _set_clock(value, self._world)
        super().__setitem__(key, value)


def _is_environment(value: object) -> bool:
    return isinstance(value, TemplateEnvironment)


def _set_clock(environment: TemplateEnvironment, world: World) -> None:
    """Let the templates of an environment ask the world for the time."""

    @pass_context
    def now(_context: object) -> datetime:
        world.asks_time = True
        return dt_util.as_local(world.now)

    @pass_context
    def utcnow(_context: object) -> datetime:
        world.asks_time = True
        return dt_util.as_utc(world.now)

    @pass_context
    def today_at(context: object, time_str: str = "") -> datetime:
        today = now(context).replace(hour=0, minute=0, second=0, microsecond=0)
        if not time_str:
            return today
        if (time_today := dt_util.parse_time(time_str)) is None:
            raise ValueError(f"could not convert str to datetime: '{time_str}'")
        return datetime.combine(today, time_today, today.tzinfo)

    environment.globals |= {"now": now, "utcnow": utcnow, "today_at": today_at}
    environment.filters["today_at"] = today_at
    for name in _RELATIVE:
        relative = _told_from_real_time(name, environment.globals[name], world)
        environment.globals[name] = relative
        environment.filters[name] = relative


def _told_from_real_time(name: str, function: Any, world: World) -> Any:  # noqa: ANN401 (of Jinja)
    @pass_context
    def relative(context: object, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 (of Jinja)
        world.asks_time = True
        if world.now == world.began and not world.only_given:
            return function(context, *args, **kwargs)
        world.undecided.append(f"{name} cannot be told for another time")
        raise TemplateError(world.undecided[-1])

    return relative


def rebound(value: Any, view: HomeAssistant) -> Any:  # noqa: ANN401 (a part of a configuration)
    """Return a part of a condition with its templates bound to a view."""
    match value:
        case Template():
            return Template(value.template, view)
        case dict():
            return {key: rebound(each, view) for key, each in value.items()}
        case list():
            return [rebound(each, view) for each in value]
        case _:
            return value
