"""Tests beside the rules in YAML, as they are written. docs/rules.md describes the keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

from homeassistant.const import CONF_AT, CONF_NAME, WEEKDAYS
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..arbitration import OwnPresence
from .ends import DAYS, end_of
from .given import GIVEN_STATES
from .presence_choice import CONF_PRESENCE, OWN, PRESENCE_WORDS
from .schema import clock_of

CONF_ACTIVITIES: Final = "activities"
CONF_EXPECT: Final = "expect"
CONF_GIVEN: Final = "given"
CONF_OWN: Final = "own"
CONF_TESTS: Final = "tests"

ACTIVITIES: Final = ("on_the_phone", "in_a_meeting")

_A_DAY: Final = timedelta(days=1)
_TEXT = vol.All(cv.string, str.strip, vol.Length(min=1))
_OWN_WORD = vol.In([word for word in PRESENCE_WORDS if word != OWN])
_OWN_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_PRESENCE): _OWN_WORD,
        vol.Optional(CONF_ACTIVITIES): vol.All(cv.ensure_list, [vol.In(ACTIVITIES)]),
    }
)


@dataclass(frozen=True, slots=True)
class Moment:
    """The time of a test: the next one of a weekday, of a clock time, or one of its own."""

    said: str | datetime | None = None
    weekday: int | None = None

    @classmethod
    def of(cls, value: object) -> Self:
        """Return the time that a test is written with.

        Raises:
            vol.Invalid: It is none.
        """
        if isinstance(value, datetime):
            return cls(value)
        text = clock_of(value) if type(value) is int else str(value).strip()
        word, _, rest = text.partition(" ")
        day = word.lower()[:3]
        is_day = day in WEEKDAYS and word.lower() in (day, DAYS[WEEKDAYS.index(day)])
        moment = cls(rest.strip(), WEEKDAYS.index(day)) if is_day else cls(text)
        if end_of(moment.said, dt_util.utcnow()) is None:
            raise vol.Invalid("a time is expected, as 10:00, mon 10:00 or 2026-11-30 10:00")
        return moment

    def after(self, now: datetime) -> datetime:
        """Return the time that is meant, as of now."""
        if self.said is None:
            return now
        moment = end_of(self.said, now)
        while moment and self.weekday not in (None, dt_util.as_local(moment).weekday()):
            moment = end_of(self.said, moment)
        return moment or now


def _moment(value: object) -> Moment:
    return value if isinstance(value, Moment) else Moment.of(value)


def _own(value: object) -> OwnPresence:
    given = _OWN_SCHEMA(value if isinstance(value, dict) else {CONF_PRESENCE: value})
    return OwnPresence(given.get(CONF_PRESENCE), frozenset(given.get(CONF_ACTIVITIES, ())))


TEST_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_NAME): _TEXT,
        vol.Optional(CONF_GIVEN, default=dict): GIVEN_STATES,
        vol.Optional(CONF_AT, default=Moment): _moment,
        vol.Optional(CONF_OWN, default=dict): {_TEXT: _own},
        vol.Required(CONF_EXPECT): vol.All({_TEXT: vol.In(PRESENCE_WORDS)}, vol.Length(min=1)),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """What rules are expected to do.

    Attributes:
        given: The only states that there are, by entity id.
        at: When it is.
        own: The own presence of people, by a word for them.
        expect: The presence that is expected, or `own`, by a word for people.
    """

    name: str
    given: Mapping[str, Mapping[str, Any]]
    at: Moment
    own: Mapping[str, OwnPresence]
    expect: Mapping[str, str]

    @classmethod
    def of(cls, written: object) -> Self:
        """Return a test as it is written.

        Raises:
            vol.Invalid: It is not valid.
        """
        data = TEST_SCHEMA(written)
        return cls(
            name=data[CONF_NAME],
            given=data[CONF_GIVEN],
            at=data[CONF_AT],
            own=data[CONF_OWN],
            expect=data[CONF_EXPECT],
        )
