"""An entry's data and options as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.util import dt as dt_util

from .const import (
    CONF_BOARD,
    CONF_CALLBACK,
    CONF_CALLBACK_PORT,
    CONF_CALLBACK_URL,
    CONF_CONTACT_LIST,
    CONF_CONTACT_LIST_GROUP,
    CONF_CONTACT_LIST_LABELS,
    CONF_CONTACT_LIST_REMOVES,
    CONF_DIALECT,
    CONF_FULL_REFRESH_INTERVAL,
    CONF_MANUAL_END,
    CONF_MANUAL_HOURS,
    CONF_POLL_INTERVAL,
    CONF_RICH_PRESENCE,
    DEFAULT_CALLBACK_PORT,
    DEFAULT_FULL_REFRESH_INTERVAL,
    DEFAULT_MANUAL_HOURS,
    DEFAULT_POLL_INTERVAL,
    CallbackMode,
    ManualDuration,
    ManualEndMode,
)
from .pws import DialectMode


@dataclass(frozen=True, slots=True)
class Intervals:
    """How often the server is polled."""

    # While notifications do not arrive.
    poll: timedelta
    # While they do, in case one was lost.
    full_refresh: timedelta

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        return cls(
            poll=_seconds(options, CONF_POLL_INTERVAL, DEFAULT_POLL_INTERVAL),
            full_refresh=_seconds(
                options, CONF_FULL_REFRESH_INTERVAL, DEFAULT_FULL_REFRESH_INTERVAL
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackSettings:
    """Where the server's notifications are to come in."""

    mode: CallbackMode
    # The address that the server is to call, where a proxy or a port forwarding changes it.
    url: str | None
    # Of a listener of our own.
    port: int
    # The part of the path that cannot be guessed.
    secret: str

    @classmethod
    def of(cls, data: Mapping[str, Any], options: Mapping[str, Any]) -> Self:
        return cls(
            mode=CallbackMode(options.get(CONF_CALLBACK, CallbackMode.AUTOMATIC)),
            url=options.get(CONF_CALLBACK_URL),
            port=int(options.get(CONF_CALLBACK_PORT, DEFAULT_CALLBACK_PORT)),
            secret=data[CONF_WEBHOOK_ID],
        )


_DURATIONS: Final = {
    ManualDuration.QUARTER_HOUR: timedelta(minutes=15),
    ManualDuration.HALF_HOUR: timedelta(minutes=30),
    ManualDuration.HOUR: timedelta(hours=1),
    ManualDuration.TWO_HOURS: timedelta(hours=2),
    ManualDuration.FOUR_HOURS: timedelta(hours=4),
}


@dataclass(frozen=True, slots=True)
class ManualEnd:
    """When a manual setting ends for which no end is given."""

    mode: ManualEndMode
    hours: int = DEFAULT_MANUAL_HOURS
    duration: timedelta | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Return what an entry's options say; those of earlier versions say nothing: never."""
        return cls(
            mode=ManualEndMode(options.get(CONF_MANUAL_END, ManualEndMode.NEVER)),
            hours=int(options.get(CONF_MANUAL_HOURS, DEFAULT_MANUAL_HOURS)),
        )

    def chosen(self, duration: ManualDuration) -> ManualEnd:
        """Return it where a duration is chosen in its place."""
        if duration is ManualDuration.END_OF_DAY:
            return END_OF_DAY
        chosen = _DURATIONS.get(duration)
        return ManualEnd(ManualEndMode.HOURS, duration=chosen) if chosen else self

    @property
    def or_end_of_day(self) -> ManualEnd:
        """Return it, the end of the day in the place of never."""
        return END_OF_DAY if self.mode is ManualEndMode.NEVER else self

    @property
    def is_by_clock(self) -> bool:
        """Return whether the end is a time of day, rather than the end of a duration."""
        return self.mode is ManualEndMode.END_OF_DAY

    def after(self, now: datetime) -> datetime | None:
        """Return when a setting ends that is made now, in UTC; None for never."""
        match self.mode:
            case ManualEndMode.HOURS:
                return now + (self.duration or timedelta(hours=self.hours))
            case ManualEndMode.END_OF_DAY:
                tomorrow = dt_util.as_local(now).date() + timedelta(days=1)
                return dt_util.as_utc(dt_util.start_of_local_day(tomorrow))
        return None


END_OF_DAY: Final = ManualEnd(ManualEndMode.END_OF_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactListSettings:
    """How people follow the watcher's contact list.

    Attributes:
        group: The name of the group that is followed, None for the whole list.
        removes: Whether people go who are no longer on it.
        labels: Whether its groups become labels.
    """

    group: str | None
    removes: bool
    labels: bool

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self | None:
        """Return the settings, None where the list is not followed."""
        if not options.get(CONF_CONTACT_LIST, False):
            return None
        return cls(
            group=options.get(CONF_CONTACT_LIST_GROUP) or None,
            removes=bool(options.get(CONF_CONTACT_LIST_REMOVES, True)),
            labels=bool(options.get(CONF_CONTACT_LIST_LABELS, False)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedOptions:
    """The options that a running entry goes by."""

    intervals: Intervals
    callback: CallbackSettings
    rich: bool
    contact_list: ContactListSettings | None

    @classmethod
    def of(cls, entry: ConfigEntry) -> Self:
        return cls(
            intervals=Intervals.of(entry.options),
            callback=CallbackSettings.of(entry.data, entry.options),
            rich=is_rich(entry.options),
            contact_list=ContactListSettings.of(entry.options),
        )


def dialect_in(data: Mapping[str, Any]) -> DialectMode:
    """Return the dialect that an entry's data choose; data of earlier versions choose none."""
    return DialectMode(data.get(CONF_DIALECT, DialectMode.AUTOMATIC))


def is_rich(options: Mapping[str, Any]) -> bool:
    """Return whether rich presence (devices, notes, activities) is asked for."""
    return bool(options.get(CONF_RICH_PRESENCE, False))


def shows_board(options: Mapping[str, Any]) -> bool:
    """Return whether browsers are to load the board; options of earlier versions say nothing."""
    return bool(options.get(CONF_BOARD, True))


def _seconds(options: Mapping[str, Any], key: str, default: timedelta) -> timedelta:
    return timedelta(seconds=options[key]) if key in options else default
