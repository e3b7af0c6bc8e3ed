"""People for whom Home Assistant takes no more entities of an entry.

Home Assistant takes 10000 enabled entities of an entry, and refuses further ones with a log line
that names none of them.
"""

from collections.abc import Mapping
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..clock import Burst
from ..const import DOMAIN
from ..issues import Issue, async_clear_issues, async_raise_issue
from ..people import Person
from ..runtime import CupConfigEntry

# So many are named in the issue.
NAMED: Final = 10

_LIMITS: HassKey[dict[str, EntityLimit]] = HassKey(f"{DOMAIN}.entity_limits")


class EntityLimit:
    """The entities of an entry that were refused, and the issue that tells of them."""

    def __init__(self, hass: HomeAssistant, entry: CupConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        # People by the unique ids of their entities.
        self._refused: dict[str, Person] = {}
        self._report = Burst(hass, self._async_report)

    def is_refused(self, unique_id: str) -> bool:
        return unique_id in self._refused

    @callback
    def async_refuse(self, unique_id: str, person: Person) -> None:
        self._refused[unique_id] = person
        self._report.async_note()

    @callback
    def async_accept(self, unique_id: str) -> None:
        """Forget that an entity was refused; it is added now, or its person is gone."""
        if self._refused.pop(unique_id, None):
            self._report.async_note()

    @callback
    def async_forget_gone(self, people: Mapping[str, Person]) -> None:
        """Forget the entities of people who are not among these."""
        gone = [each for each, person in self._refused.items() if person.key not in people]
        for unique_id in gone:
            self.async_accept(unique_id)

    @callback
    def _async_report(self) -> None:
        names = sorted({person.name for person in self._refused.values()})
        if not names:
            async_clear_issues(self._hass, self._entry, Issue.ENTITY_LIMIT)
            return
        async_raise_issue(
            self._hass,
            self._entry,
            Issue.ENTITY_LIMIT,
            count=str(len(names)),
            names=", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else ""),
        )


@callback
def async_entity_limit(hass: HomeAssistant, entry: CupConfigEntry) -> EntityLimit:
    """Return what was refused of an entry since it was loaded."""
    limits = hass.data.setdefault(_LIMITS, {})
    if entry.entry_id in limits:
        return limits[entry.entry_id]

    @callback
    def forget() -> None:
        del limits[entry.entry_id]

    entry.async_on_unload(forget)
    limits[entry.entry_id] = EntityLimit(hass, entry)
    return limits[entry.entry_id]
