"""A real Home Assistant core with its web server, which can be started, stopped and killed."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
import shutil
from types import MappingProxyType
from typing import Any

from homeassistant import bootstrap, loader
from homeassistant.auth import auth_manager_from_config
from homeassistant.config_entries import (
    ConfigEntries,
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryData,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import async_

from bench.core import seed_web_server
import custom_components  # noqa: F401 (Home Assistant looks integrations up in it)
from custom_components.cisco_unified_presence.const import (
    DOMAIN,
    MINOR_VERSION,
    SUBENTRY_GROUP,
    SUBENTRY_PERSON,
    SUBENTRY_RULE,
    CallbackMode,
)
from tests.common.ports import unused_port

from . import rules, scenario
from .course import Scheme, Shape

STORAGE = ".storage"
# In the id of the issue that rich presence is not read, since none was readable.
GIVEN_UP = "rich_presence_not_understood"


class RestartableHomeAssistant:
    """Home Assistant with one entry, over any number of runs.

    Attributes:
        hass: The current run, None while stopped.
        ended: How many runs have ended, or are being killed.
        rooms: The states of the rooms' sensors, which survive restarts.
        time_zone: The time zone, which survives restarts.
    """

    def __init__(self, folder: Path, shape: Shape) -> None:
        self.hass: HomeAssistant | None = None
        self.ended = 0
        self.rooms = dict.fromkeys(scenario.ROOMS, "off")
        self.time_zone = scenario.TIME_ZONE
        # Set-up may wait for a server that hangs, while rooms change.
        self._starting: HomeAssistant | None = None
        self._people = frozenset(scenario.USERS)
        self._added_rules = frozenset[str]()
        self._groups = dict(scenario.GROUPS)
        self._folder = folder
        self._shape = shape
        self._web_port = seed_web_server(folder, unused_port())
        self._own_port = unused_port()

    @property
    def callback_port(self) -> int:
        """Return the port where Home Assistant receives notifications."""
        is_own = self._shape.callback == CallbackMode.PORT
        return self._own_port if is_own else self._web_port

    @property
    def storage(self) -> Path:
        """Return the folder of Home Assistant's files."""
        return self._folder / STORAGE

    @property
    def entry(self) -> ConfigEntry | None:
        entries = self.hass.config_entries.async_entries(DOMAIN) if self.hass else []
        return entries[0] if entries else None

    @property
    def is_loaded(self) -> bool:
        return self.entry is not None and self.entry.state is ConfigEntryState.LOADED

    @property
    def running(self) -> HomeAssistant:
        """Return the current run, which has to exist."""
        assert self.hass is not None, "Home Assistant does not run"
        return self.hass

    @property
    def people(self) -> frozenset[str]:
        """Return the user ids of the entry's people, while stopped those of before."""
        if self.entry is not None:
            people = self.entry.get_subentries_of_type(SUBENTRY_PERSON)
            self._people = frozenset(each.data["user"] for each in people)
        return self._people

    @property
    def added_rules(self) -> frozenset[str]:
        """Return the names of the entry's own rules, while stopped those of before."""
        if self.entry is not None:
            rules = self.entry.get_subentries_of_type(SUBENTRY_RULE)
            self._added_rules = frozenset(each.title for each in rules)
        return self._added_rules

    @property
    def has_rich_presence(self) -> bool:
        """Return whether the entry reads rich presence; after an unreadable one not for an hour."""
        if self.hass is None or self.entry is None:
            return False
        issues = ir.async_get(self.hass).issues.values()
        paused = any(GIVEN_UP in each.issue_id and each.active for each in issues)
        return bool(self.entry.options["rich_presence"]) and not paused

    @property
    def groups(self) -> rules.Groups:
        """Return the words of each group of the entry, while stopped those of before."""
        if self.entry is not None:
            groups = self.entry.get_subentries_of_type(SUBENTRY_GROUP)
            self._groups = {each.title: tuple(each.data["people"]) for each in groups}
        return self._groups

    async def start(self) -> None:
        """Start Home Assistant and set up the stored entry, if there is one."""
        hass = HomeAssistant(str(self._folder))
        hass.config.skip_pip = True
        hass.config_entries = ConfigEntries(hass, _configuration())
        hass.config.internal_url = f"http://127.0.0.1:{self._web_port}"
        await hass.config.async_set_time_zone(self.time_zone)
        loader.async_setup(hass)
        await bootstrap.async_load_base_functionality(hass)
        hass.auth = await auth_manager_from_config(hass, [], [])
        assert await async_setup_component(hass, "webhook", {})
        for room, state in self.rooms.items():
            hass.states.async_set(room, state)
        self._starting = hass
        assert await async_setup_component(hass, DOMAIN, _configuration())
        self.hass, self._starting = hass, None
        await hass.async_start()

    async def add_entry(self, port: int, callback_url: str, fingerprint: str) -> None:
        await self.running.config_entries.async_add(
            _entry(self._shape, port, callback_url, fingerprint, self._own_port)
        )

    async def stop(self) -> None:
        """Stop Home Assistant regularly."""
        hass, self.hass = self.hass, None
        self.ended += 1
        if hass is None:
            return
        await hass.async_stop(force=True)
        # Home Assistant marks the loop as ended, but here the next run uses it again.
        with suppress(AttributeError):
            delattr(hass.loop, async_._SHUTDOWN_RUN_CALLBACK_THREADSAFE)

    async def kill(self, cut_off: Callable[[], Awaitable[None]]) -> None:
        """Stop Home Assistant without a message to the server and without another write to disk.

        Args:
            cut_off: Cuts the connections to the server.
        """
        self.ended += 1
        before = self._folder.with_name(f"{self._folder.name}-before")
        storage = self.storage
        # A thread may be writing a temporary file, which then takes the place of another one.
        shutil.copytree(storage, before, ignore=shutil.ignore_patterns("tmp*"))
        await cut_off()
        await self.stop()
        shutil.rmtree(storage)
        before.rename(storage)

    async def set_room(self, room: str, state: str) -> None:
        self.rooms[room] = state
        if hass := self.hass or self._starting:
            hass.states.async_set(room, state)

    async def set_time_zone(self, time_zone: str) -> None:
        self.time_zone = time_zone
        if hass := self.hass or self._starting:
            await hass.config.async_update(time_zone=time_zone)

    def change_option(self, option: str, value: float) -> None:
        """Change an option of the entry, if there is one."""
        if self.entry is not None:
            options = {**self.entry.options, option: value}
            self.running.config_entries.async_update_entry(self.entry, options=options)

    def add_person(self, user: str) -> None:
        self._add(_person(user), is_there=user in self.people)

    def add_rule(self, name: str) -> None:
        self._add(_rule(rules.ADDED_RULES[name]), is_there=name in self.added_rules)

    def change_group(self, name: str, people: Iterable[str]) -> None:
        """Let other people be in a group of the entry, if there is one."""
        if self.entry is None:
            return
        for subentry in self.entry.get_subentries_of_type(SUBENTRY_GROUP):
            if subentry.title == name:
                self.running.config_entries.async_update_subentry(
                    self.entry, subentry, data={"people": list(people)}
                )

    def remove_person(self, user: str) -> None:
        self._remove(_person(user))

    def remove_rule(self, name: str) -> None:
        self._remove(_rule(rules.ADDED_RULES[name]))

    def _add(self, data: ConfigSubentryData, *, is_there: bool) -> None:
        if self.entry is not None and not is_there:
            made = ConfigSubentry(
                data=MappingProxyType(data["data"]),
                subentry_type=data["subentry_type"],
                title=data["title"],
                unique_id=data["unique_id"],
            )
            self.running.config_entries.async_add_subentry(self.entry, made)

    def _remove(self, data: ConfigSubentryData) -> None:
        if self.entry is None:
            return
        for subentry in tuple(self.entry.subentries.values()):
            if subentry.unique_id == data["unique_id"]:
                self.running.config_entries.async_remove_subentry(self.entry, subentry.subentry_id)


def _configuration() -> dict[str, Any]:
    return {DOMAIN: {"rules": [rule.as_yaml() for rule in rules.RULES]}}


def _entry(
    shape: Shape, port: int, callback_url: str, fingerprint: str, own_port: int
) -> ConfigEntry:
    pins: Mapping[str, str] = (
        {f"127.0.0.1:{port}": fingerprint} if shape.scheme is Scheme.HTTPS else {}
    )
    return ConfigEntry(
        data={
            "host": "127.0.0.1",
            "port": port,
            "security": shape.scheme.value,
            "fingerprints": dict(pins),
            "application_user": scenario.APPLICATION,
            "password": scenario.PASSWORD,
            "watcher": scenario.WATCHER,
            "presence_domain": scenario.DOMAIN,
            "webhook_id": scenario.CALLBACK_SECRET,
            "dialect": shape.dialect,
        },
        discovery_keys=MappingProxyType({}),
        domain=DOMAIN,
        minor_version=MINOR_VERSION,
        options={
            "callback": shape.callback,
            "callback_url": callback_url,
            "callback_port": own_port,
            "rich_presence": shape.rich,
        },
        source="user",
        subentries_data=[
            *(_person(user) for user in scenario.USERS),
            *(_group(name, people) for name, people in scenario.GROUPS.items()),
        ],
        title="CUP",
        unique_id=f"{scenario.DOMAIN}/{scenario.APPLICATION}",
        version=1,
    )


def _person(user: str) -> ConfigSubentryData:
    contact = scenario.contact_of(user)
    return ConfigSubentryData(
        data={
            "user": user,
            "contact": contact,
            "controlled": user in scenario.CONTROLLED,
            "link_desk": scenario.desk_of(user),
        },
        subentry_type=SUBENTRY_PERSON,
        title=user.title(),
        unique_id=f"person_{contact}",
    )


def _group(name: str, people: tuple[str, ...]) -> ConfigSubentryData:
    return ConfigSubentryData(
        data={"people": list(people)},
        subentry_type=SUBENTRY_GROUP,
        title=name,
        unique_id=f"group_{name.lower()}",
    )


def _rule(rule: rules.PresenceRule) -> ConfigSubentryData:
    data = rule.as_yaml()
    return ConfigSubentryData(
        data={key: value for key, value in data.items() if key != "name"},
        subentry_type=SUBENTRY_RULE,
        title=rule.name,
        unique_id=f"rule_{rule.name}",
    )
