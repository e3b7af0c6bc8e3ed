"""The sentences while Home Assistant runs: written, kept up to date, reloaded, taken away."""

import asyncio
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import VoiceIssue
from custom_components.cisco_unified_presence.voice import VOICE, async_remove_voice
from custom_components.cisco_unified_presence.voice.files import NAME, Outcome
from custom_components.cisco_unified_presence.voice.installation import (
    PAUSE,
    _async_reload_sentences,
    _async_remove,
    _has_other_aliases,
    _has_other_name,
    _show_issues,
)
from tests.common.cancelling import cancel_at
from tests.common.entry import add_group, add_person
from tests.common.flows import Walk
from tests.common.waiting import until

from .speaking import Speaker, rewritten

FOLDERS = {"de", "de-CH", "en", "es", "fr", "it", "nl"}


def files_in(hass: HomeAssistant) -> dict[str, Path]:
    found = Path(hass.config.path("custom_sentences")).rglob("*.yaml")
    return {each.parent.name: each for each in found if each.name == NAME}


def issues_in(hass: HomeAssistant) -> set[str]:
    ours = {issue for domain, issue in ir.async_get(hass).issues if domain == DOMAIN}
    return ours & {*VoiceIssue}


def folder_of(hass: HomeAssistant) -> Path:
    return Path(hass.config.path("custom_sentences"))


def is_there(hass: HomeAssistant) -> bool:
    return folder_of(hass).exists()


def put(path: Path, text: str | None) -> None:
    """Write a file, or delete it."""
    if text is None:
        path.unlink()
    else:
        path.write_text(text)


def contents_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


async def set_option(hass: HomeAssistant, entry: MockConfigEntry, *, on: bool) -> None:
    hass.config_entries.async_update_entry(entry, options={"voice_sentences": on})
    await rewritten(hass)


async def test_files_are_there_while_the_option_is_on(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    speaker = Speaker(hass, "en")
    assert files_in(hass).keys() == FOLDERS
    await set_option(hass, office, on=False)
    assert not is_there(hass)
    assert (await speaker.responds("is Ben free")).error_code is not None
    await set_option(hass, office, on=True)
    assert await speaker.says("is Ben free") == "Yes, Ben Okafor is available."


@pytest.mark.parametrize("entry_options", [{}])
async def test_nothing_is_written_without_the_option(
    hass: HomeAssistant, assist: None, loaded: MockConfigEntry
) -> None:
    add_person(hass, loaded, "zoe")
    await hass.async_block_till_done()
    assert not is_there(hass)


async def test_the_option_is_in_the_form(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    walk = await Walk.options(hass, loaded.entry_id)
    await walk.fill_in("init", voice_sentences=False)
    assert walk.created["voice_sentences"] is False
    await hass.async_block_till_done()


async def test_names_are_followed(hass: HomeAssistant, office: MockConfigEntry) -> None:
    speaker, registry = Speaker(hass, "en"), dr.async_get(hass)
    ben = next(each for each in office.subentries.values() if each.title == "Ben Okafor")
    hass.config_entries.async_update_subentry(office, ben, title="Benedict Ito")
    await rewritten(hass)
    assert await speaker.says("is Benedict free") == "Yes, Benedict Ito is available."
    assert await speaker.says("is Benny free") == "Yes, Benedict Ito is available."
    devices = dr.async_entries_for_config_entry(registry, office.entry_id)
    device = next(each for each in devices if each.name == "Émile d'Arc-Dubois")
    registry.async_update_device(device.id, name_by_user="Front desk")
    await rewritten(hass)
    assert await speaker.says("is front desk away") == "Yes, Émile d'Arc-Dubois is away."
    hass.config_entries.async_remove_subentry(office, ben.subentry_id)
    await rewritten(hass)
    assert (await speaker.responds("is Benedict free")).error_code is not None


async def test_an_edited_file_is_replaced_only_when_the_user_agrees(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    edited = files_in(hass)["en"]
    put(edited, "language: en\nintents: {}\n")
    await rewritten(hass)
    assert edited.read_text() == "language: en\nintents: {}\n"
    assert issues_in(hass) == {VoiceIssue.EDITED}
    issue = ir.async_get(hass).async_get_issue(DOMAIN, VoiceIssue.EDITED)
    assert issue is not None
    assert str(edited) in (issue.translation_placeholders or {})["details"]


async def test_a_folder_that_cannot_be_written_to_is_told(
    hass: HomeAssistant, assist: None, web_server: str, entry: MockConfigEntry
) -> None:
    put(folder_of(hass), "in the place of the folder")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await rewritten(hass)
    assert issues_in(hass) == {VoiceIssue.NOT_WRITTEN}
    put(folder_of(hass), None)
    await rewritten(hass)
    assert issues_in(hass) == set()
    assert files_in(hass).keys() == FOLDERS
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("is_set_up", [True, False])
async def test_the_last_entry_takes_the_files_along(
    hass: HomeAssistant, office: MockConfigEntry, *, is_set_up: bool
) -> None:
    if not is_set_up:
        await hass.config_entries.async_unload(office.entry_id)
    await hass.config_entries.async_remove(office.entry_id)
    await hass.async_block_till_done()
    assert not is_there(hass)


async def test_a_disabled_entry_is_not_spoken_about(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    await hass.config_entries.async_set_disabled_by(office.entry_id, ConfigEntryDisabler.USER)
    await rewritten(hass)
    assert files_in(hass) == {}


async def test_people_of_an_entry_that_is_not_connected_are_known(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(office.entry_id)
    await rewritten(hass)
    answer = await Speaker(hass, "en").says("is Ben free")
    assert answer == "The server of Ben Okafor is not connected."
    assert await Speaker(hass, "en").says("who is free") == "The server of CUP is not connected."


async def test_sentences_are_reloaded_whatever_the_configuration(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    speaker, file = Speaker(hass, "de-CH"), Path(hass.config.path("configuration.yaml"))
    assert await speaker.says("ist Ben frei") == "Ja, Ben Okafor ist verfügbar."
    ben = next(each for each in office.subentries.values() if each.title == "Ben Okafor")
    for configuration, name in (("", "Ueli Frei"), ("broken: [", "Reto Senn"), (None, "Beat Ott")):
        put(file, configuration)
        hass.config_entries.async_update_subentry(office, ben, title=name)
        await rewritten(hass)
        assert await speaker.says(f"ist {name} frei") == f"Ja, {name} ist verfügbar."


async def test_the_repair_goes_on_when_its_dialog_is_closed(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    written = files_in(hass)["en"]
    text = contents_of(written)
    put(written, "language: en\nintents: {}\n")
    await rewritten(hass)
    walk = await Walk.repair(hass, None, VoiceIssue.EDITED)

    assert await cancel_at(0, walk.choose("init", "replace"))

    await until(lambda: not issues_in(hass))
    assert contents_of(written) == text


async def test_the_repair_replaces_what_was_edited(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    edited = files_in(hass)["fr"]
    written = contents_of(edited)
    put(edited, "# mine\n")
    await rewritten(hass)
    walk = await Walk.repair(hass, None, VoiceIssue.EDITED)
    await walk.choose("init", "replace")
    assert contents_of(edited) == written
    assert issues_in(hass) == set()


async def test_the_repair_leaves_what_was_edited(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    edited = files_in(hass)["fr"]
    put(edited, "# mine\n")
    await rewritten(hass)
    walk = await Walk.repair(hass, None, VoiceIssue.EDITED)
    await walk.choose("init", "leave")
    await rewritten(hass)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, VoiceIssue.EDITED)
    assert issue is not None
    assert issue.dismissed_version is not None
    assert contents_of(edited) == "# mine\n"


async def test_the_repair_writes_what_could_not_be_written(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    await set_option(hass, office, on=False)
    put(folder_of(hass), "in the place of the folder")
    await set_option(hass, office, on=True)
    walk = await Walk.repair(hass, None, VoiceIssue.NOT_WRITTEN)
    await walk.fill_in("confirm")
    assert walk.error == "still_not_written"
    put(folder_of(hass), None)
    await walk.fill_in("confirm")
    assert issues_in(hass) == set()
    assert files_in(hass).keys() == FOLDERS


async def test_changes_are_followed_by_themselves(
    hass: HomeAssistant, office: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """At most once in five seconds, however many changes there are."""

    async def follow() -> str:
        freezer.tick(PAUSE + 1)
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
        return contents_of(files_in(hass)["en"])

    await follow()
    ben = next(each for each in office.subentries.values() if each.title == "Ben Okafor")
    hass.config_entries.async_update_subentry(office, ben, title="Benedict Ito")
    assert "Benedict Ito" in await follow()
    entities, devices = er.async_get(hass), dr.async_get(hass)
    aliases: list[er.AliasEntry] = [er.COMPUTED_NAME, "The boss"]
    entities.async_update_entity("sensor.ben_okafor_presence", aliases=aliases)
    assert "The boss" in await follow()
    device = dr.async_entries_for_config_entry(devices, office.entry_id)[-1]
    devices.async_update_device(device.id, name_by_user="Front desk")
    assert "Front desk" in await follow()
    add_person(hass, office, "zoe")
    assert "Zoe" in await follow()
    add_group(hass, office, "Kitchen", "anna")
    assert "Kitchen" in await follow()
    before = files_in(hass)["en"].stat().st_mtime_ns
    hass.config_entries.async_update_entry(office, options={**office.options, "poll_interval": 90})
    await follow()
    assert files_in(hass)["en"].stat().st_mtime_ns == before
    hass.config_entries.async_update_entry(office, options={})
    freezer.tick(PAUSE + 1)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert not is_there(hass)


async def test_what_the_user_has_changed_stays_without_an_issue(
    hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hass.config, "config_dir", str(tmp_path))
    edited = folder_of(hass) / "en" / NAME
    edited.parent.mkdir(parents=True)
    edited.write_text("# mine")
    outcome = await _async_remove(hass)
    assert (outcome.changed, outcome.edited, outcome.failure) == (False, [], None)
    assert edited.exists()


async def test_without_a_change_files_are_left_alone_unless_they_could_not_be_written(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    voice, file = hass.data[VOICE], files_in(hass)["en"]
    reloads = async_mock_service(hass, "conversation", "reload")
    put(file, None)
    outcome = await voice.async_update(also_unchanged=False)
    assert (outcome.changed, outcome.edited, outcome.failure) == (False, [], None)
    assert not file.exists()
    file.mkdir()
    outcome = await voice.async_update()
    assert (outcome.changed, outcome.edited) == (False, [])
    assert outcome.failure == f"{file}: Is a directory"
    assert reloads == []
    file.rmdir()
    outcome = await voice.async_update(also_unchanged=False)
    assert (outcome.changed, outcome.edited, outcome.failure) == (True, [], None)
    assert file.exists()
    assert [dict(each.data) for each in reloads] == [{}]


async def test_how_the_issues_are_shown(hass: HomeAssistant) -> None:
    outcome = Outcome(edited=[Path("/config/a"), Path("/config/b")], failure="c: full")
    _show_issues(hass, outcome)
    for key, details in ((VoiceIssue.EDITED, "- `/config/a`\n- `/config/b`"), ("", "c: full")):
        issue = ir.async_get(hass).async_get_issue(DOMAIN, key or VoiceIssue.NOT_WRITTEN)
        assert issue is not None
        assert issue.translation_key == (key or VoiceIssue.NOT_WRITTEN)
        assert issue.translation_placeholders == issue.data == {"details": details}
        assert (issue.is_fixable, issue.severity) == (True, ir.IssueSeverity.WARNING)
    _show_issues(hass, Outcome())
    assert issues_in(hass) == set()


@pytest.mark.parametrize("error", [HomeAssistantError("broken"), FileNotFoundError(2, "gone")])
async def test_sentences_are_reloaded_language_by_language_where_not_at_once(
    hass: HomeAssistant, error: Exception
) -> None:
    reloaded: list[dict[str, Any]] = []

    async def reload(call: ServiceCall) -> None:
        # One after the other.
        await asyncio.sleep(0)
        reloaded.append(dict(call.data))
        if not call.data:
            raise error

    await _async_reload_sentences(hass)
    hass.services.async_register("conversation", "reload", reload)
    hass.config.language = "pl"
    await _async_reload_sentences(hass)
    assert reloaded == [{}, *({"language": each} for each in sorted({"pl", *FOLDERS}))]


@pytest.mark.parametrize(
    ("data", "entities", "devices"),
    [
        ({"action": "update", "changes": {"aliases": []}}, True, False),
        ({"action": "update", "changes": {"name_by_user": None}}, False, True),
        ({"action": "update", "changes": {"name": None}}, False, False),
        ({"action": "create", "changes": {"aliases": [], "name_by_user": ""}}, False, False),
    ],
)
def test_which_changes_of_registries_are_followed(
    data: Any, *, entities: bool, devices: bool
) -> None:
    assert (_has_other_aliases(data), _has_other_name(data)) == (entities, devices)


async def test_other_entries_keep_the_files_when_one_goes(
    hass: HomeAssistant, office: MockConfigEntry
) -> None:
    other = MockConfigEntry(domain=DOMAIN, options={"voice_sentences": True})
    other.add_to_hass(hass)
    reloads = async_mock_service(hass, "conversation", "reload")
    await async_remove_voice(hass, office)
    assert files_in(hass).keys() == FOLDERS
    hass.config_entries.async_update_entry(other, options={})
    ir.async_create_issue(
        hass,
        DOMAIN,
        VoiceIssue.NOT_WRITTEN,
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=VoiceIssue.NOT_WRITTEN,
    )
    await async_remove_voice(hass, office)
    assert not is_there(hass)
    assert issues_in(hass) == set()
    assert len(reloads) == 1
    await async_remove_voice(hass, office)
    assert len(reloads) == 1
