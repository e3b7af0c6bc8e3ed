"""Keeps the files of custom sentences as they should be while Home Assistant runs."""

import asyncio
from collections.abc import Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.start import async_at_started
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from ..issues import VoiceIssue
from ..listeners import async_track_entries
from .directory import VoiceDirectory, speaking_entries
from .files import FOLDER, Outcome, remove, write
from .languages import LANGUAGES
from .names import NameIndex
from .sentences import sentences_of

# Seconds between two rewritings, each of which costs the next sentence some hundred milliseconds.
PAUSE: Final = 5.0


FOLDERS: Final = frozenset(chain.from_iterable(each.folders for each in LANGUAGES.values()))


class VoiceSentences:
    """The custom sentences for the people of all entries that want them.

    They are made from what entries and registries hold, so they are the same while a server is not
    connected.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._directory: VoiceDirectory | None = None
        self._lock = asyncio.Lock()
        # Renewed with every change of a name, a group's too.
        self._written: NameIndex | None = None
        self._installed = False
        self._debouncer = Debouncer(
            hass, LOGGER, cooldown=PAUSE, immediate=True, function=self._async_follow
        )

    @callback
    def async_start(self) -> None:
        """Follow the names of people and groups until Home Assistant stops."""
        hass = self._hass
        async_track_entries(hass, lambda _change, _entry: self._note())
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._renamed, _has_other_aliases)
        hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, self._renamed, _has_other_name)
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._stop)
        # The people of Home Assistant, to whom ours may be linked, may come later than this.
        async_at_started(hass, self._started)
        self._note()

    async def async_directory(self) -> VoiceDirectory:
        """Return who can be spoken about, as of the latest update."""
        return self._directory or await self._async_read()

    async def async_update(
        self, *, replace_edited: bool = False, also_unchanged: bool = True
    ) -> Outcome:
        """Write the files that differ from what they should be, or delete them.

        Args:
            replace_edited: Whether files that the user has changed are replaced as well.
            also_unchanged: Whether they are compared when no name has changed since they were.
        """
        async with self._lock:
            directory = await self._async_read()
            if directory.names is self._written and not also_unchanged:
                return Outcome()
            self._installed = bool(directory.people)
            if self._installed:
                outcome = await self._hass.async_add_executor_job(
                    partial(_write, _root(self._hass), directory, replace_edited=replace_edited)
                )
            else:
                outcome = await _async_remove(self._hass)
            self._written = None if outcome.failure else directory.names
            _show_issues(self._hass, outcome)
            if outcome.changed:
                await _async_reload_sentences(self._hass)
        return outcome

    async def _async_read(self) -> VoiceDirectory:
        entries = speaking_entries(self._hass)
        self._directory = await VoiceDirectory.async_of(self._hass, entries, self._directory)
        return self._directory

    async def _async_follow(self) -> None:
        await self.async_update(also_unchanged=False)

    @callback
    def _note(self) -> None:
        if self._installed or speaking_entries(self._hass):
            self._debouncer.async_schedule_call()

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        self._note()

    @callback
    def _stop(self, _event: Event) -> None:
        self._debouncer.async_shutdown()

    @callback
    def _renamed(self, _event: Event[Any]) -> None:
        self._note()


# A new installation registers thousands of entities in a row, for which filters are quicker.
@callback
def _has_other_aliases(data: er.EventEntityRegistryUpdatedData) -> bool:
    return data["action"] == "update" and "aliases" in data["changes"]


@callback
def _has_other_name(data: dr.EventDeviceRegistryUpdatedData) -> bool:
    return data["action"] == "update" and "name_by_user" in data["changes"]


VOICE: Final[HassKey[VoiceSentences]] = HassKey(f"{DOMAIN}.voice")


@callback
def async_start_voice(hass: HomeAssistant) -> None:
    voice = hass.data[VOICE] = VoiceSentences(hass)
    voice.async_start()


async def async_remove_voice(hass: HomeAssistant, removed: ConfigEntry) -> None:
    """Delete the sentences when the last entry goes that wants them.

    The integration may not have been set up: entries that are disabled do not do so.
    """
    if all(each.entry_id == removed.entry_id for each in speaking_entries(hass)):
        outcome = await _async_remove(hass)
        _show_issues(hass, Outcome())
        if outcome.changed:
            await _async_reload_sentences(hass)


def _root(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(FOLDER))


def _write(root: Path, directory: VoiceDirectory, *, replace_edited: bool) -> Outcome:
    documents: dict[str, Mapping[str, Any]] = {
        folder: sentences_of(language, folder, directory.names, directory.group_names)
        for language in LANGUAGES.values()
        for folder in language.folders
    }
    return write(root, documents, replace_edited=replace_edited)


async def _async_remove(hass: HomeAssistant) -> Outcome:
    outcome = await hass.async_add_executor_job(remove, _root(hass), FOLDERS)
    # What the user has changed belongs to the user, who may want to go on with it.
    outcome.edited.clear()
    return outcome


@callback
def _show_issues(hass: HomeAssistant, outcome: Outcome) -> None:
    _show(hass, VoiceIssue.EDITED, "\n".join(f"- `{each}`" for each in outcome.edited))
    _show(hass, VoiceIssue.NOT_WRITTEN, outcome.failure or "")


@callback
def _show(hass: HomeAssistant, issue: VoiceIssue, details: str) -> None:
    if not details:
        ir.async_delete_issue(hass, DOMAIN, issue)
        return
    placeholders = {"details": details}
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue,
        data={**placeholders},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=issue,
        translation_placeholders=placeholders,
    )


async def _async_reload_sentences(hass: HomeAssistant) -> None:
    """Let the conversation agent read its files again."""
    if not hass.services.has_service("conversation", "reload"):
        # It is not set up yet, and reads them with the first sentence.
        return
    try:
        await hass.services.async_call("conversation", "reload", {}, blocking=True)
    except (HomeAssistantError, OSError) as error:
        # It reads configuration.yaml as well, which may be broken; for one language it does not.
        LOGGER.debug("Sentences are reloaded language by language: %r", error)
        for language in sorted({hass.config.language, *FOLDERS}):
            await hass.services.async_call(
                "conversation", "reload", {"language": language}, blocking=True
            )
