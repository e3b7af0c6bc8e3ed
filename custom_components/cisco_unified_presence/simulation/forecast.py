"""What is to come: what people's presence will be, as far as that is known ahead."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..arbitration import OwnPresence
from ..decision_words import in_words, local_iso
from ..states import STATES
from .people import SimulatedPerson, Simulation, shown_by
from .person_course import PersonMoment

HOURS: Final = 24

# Changes of one person; the ones that are further away are left out.
MOST_CHANGES: Final = 200


async def async_forecast(
    hass: HomeAssistant, people: Iterable[SimulatedPerson], hours: float = HOURS
) -> dict[str, Any]:
    """Return by contact what each person's presence is now, and how it will change.

    Schedules, calendars, the sun and ends are known ahead. Of all else it is assumed that it stays
    as it is; where that matters, `unknown` says so, of the time up to the first change and of each
    change. A change is also when something becomes known or unknown.
    """
    simulation = Simulation(hass, dt_util.utcnow() + timedelta(hours=hours))
    forecast: dict[str, Any] = {}
    async for key, person, moments in simulation.async_follow(people):
        first, soon, *later = [*moments[:1], *moments[:1], *moments[1:]]
        if later and later[0].at - first.at <= timedelta.resolution:
            # Just after now, anything may change that is not known ahead.
            soon = later.pop(0)
        forecast[key] = {
            "name": person.person.name,
            "now": simulation.explain(person, first),
            "unknown": list(soon.unknown),
            "changes": list(_changes(soon, later, person.own))[:MOST_CHANGES],
        }
    return forecast


def _changes(
    before: PersonMoment, moments: Sequence[PersonMoment], own: OwnPresence
) -> Iterator[dict[str, Any]]:
    told = _told(before, own)
    for moment in moments:
        if (now_told := _told(moment, own)) != told:
            told = now_told
            yield {"at": local_iso(moment.at), **now_told}


def _told(moment: PersonMoment, own: OwnPresence) -> dict[str, Any]:
    decision = moment.decision
    request = decision.rule_request
    return {
        "shown": shown_by(decision, own),
        "wanted": STATES[decision.requested.presence] if decision.requested else None,
        "note": decision.requested.note if decision.requested else None,
        "source": decision.source.value,
        "rule": request.name if request else None,
        "set_aside": decision.overruled,
        "reason": in_words(decision, gate=moment.gate),
        "until": local_iso(decision.until),
        "unknown": list(moment.unknown),
    }
