"""Checks of script/hassfest that are about texts, and what they are of."""

from pathlib import Path

import pytest

from hassfest import descriptions, icons, languages, texts
from hassfest.repository import Finding, Repository

from .broken_copy import ENGLISH, INTEGRATION, Change, change_json, copy_to, replace, said, write

GERMAN = ENGLISH.with_name("de.json")


@pytest.fixture(name="copy")
def copy_fixture(tmp_path: Path) -> Repository:
    return copy_to(tmp_path)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda its: its.update(panel={}), "panel: not a valid option."),
        (
            lambda its: its["entity"]["sensor"]["presence"].pop("default"),
            "entity.sensor.presence.default: required key not provided.",
        ),
        (
            lambda its: its["services"].update(reload={"service": "hass:reload"}),
            "services.reload.service: an icon is written mdi:name.",
        ),
        (
            lambda its: its["entity"].update(thing={}),
            "entity.thing: it is no platform.",
        ),
        (
            lambda its: its["triggers"]["left_the_phone"].update(state={}),
            "triggers.left_the_phone.state: not a valid option.",
        ),
        (
            lambda its: its["entity"]["sensor"].update(other={"default": "mdi:cat"}),
            "entity.sensor.other: there is no such entity in the texts.",
        ),
        (
            lambda its: its["entity"]["sensor"]["presence"]["state"].update(gone="mdi:cat"),
            "entity.sensor.presence: there is no such state in the texts: gone.",
        ),
        (
            lambda its: its["entity"]["switch"]["rule"]["state"].update(off="mdi:gavel"),
            "entity.switch.rule: the icon of off is the default one; leave it out.",
        ),
    ],
)
def test_icons(copy: Repository, change: Change, sentence: str) -> None:
    change_json(copy, INTEGRATION / "icons.json", change)
    assert said(icons.check, copy) == [sentence]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("See https://example.org.", "an address belongs into a placeholder"),
        ("This is <b>bold</b>.", "HTML is not shown"),
        ("Connect to '{title}'.", "an apostrophe before a brace switches the placeholder off"),
        ("L'{title}", "an apostrophe before a brace switches the placeholder off"),
        ("Connect ", "a space at the edge is lost"),
        ("Connect  to it", "two spaces are shown as one"),
        ("", "there is nothing in it"),
        ("Connect to {title", "a brace has no partner"),
        ("Connect to {Title}", "{Title} is no placeholder"),
        ("Connect to {}", "{} is no placeholder"),
    ],
)
def test_a_text(copy: Repository, text: str, why: str) -> None:
    change_json(copy, ENGLISH, lambda its: its["config"]["step"]["user"].update(title=text))
    assert said(texts.check, copy) == [f"config.step.user.title: {why}."]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda its: its.update(panel={}), "panel: not a valid option."),
        (
            lambda its: its["config"]["step"]["user"].update(subtitle="A"),
            "config.step.user.subtitle: not a valid option, did you mean 'title' or 'submit'.",
        ),
        (
            lambda its: its["config"]["error"].update(Bad="A"),
            "config.error.Bad: it is no translation key.",
        ),
        (
            lambda its: its["config_subentries"]["person"].pop("entry_type"),
            "config_subentries.person.entry_type: required key not provided.",
        ),
        (
            lambda its: its["issues"]["stood_back"].pop("description"),
            "issues.stood_back: it needs a description or a fix_flow.",
        ),
        (
            lambda its: its["services"]["set_presence"]["fields"]["note"].pop("description"),
            "services.set_presence.fields.note.description: required key not provided.",
        ),
    ],
)
def test_where_texts_stand(copy: Repository, change: Change, sentence: str) -> None:
    change_json(copy, ENGLISH, change)
    assert said(texts.check, copy) == [sentence]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda its: its.pop("services"), "services.reload.name is not translated."),
        (
            lambda its: its["exceptions"].update(more={"message": "A"}),
            "exceptions.more.message is not in English.",
        ),
        (
            lambda its: its["exceptions"]["failed"].update(message="Nicht gelungen."),
            "exceptions.failed.message has to name what English names: detail.",
        ),
        (
            lambda its: its["exceptions"]["failed"].update(message="{detail"),
            "exceptions.failed.message has to name what English names: detail.",
        ),
        (
            lambda its: its["exceptions"]["throttled"].update(message="{detail}"),
            "exceptions.throttled.message has to name what English names: nothing.",
        ),
    ],
)
def test_languages(copy: Repository, change: Change, sentence: str) -> None:
    write(copy, GERMAN, copy.read(ENGLISH))
    assert said(languages.check, copy) == []
    change_json(copy, GERMAN, change)
    found = [each for each in languages.check(copy) if each.file == GERMAN]
    assert Finding(GERMAN, sentence) in found


def test_a_language_is_one_that_can_be_chosen(copy: Repository) -> None:
    write(copy, ENGLISH.with_name("tlh.json"), copy.read(ENGLISH))
    assert said(languages.check, copy) == ["Home Assistant's interface has no language tlh."]


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("services", "reload:", "again:", "again is missing in en.json."),
        ("services", "reload:", "again:", "reload is in icons.json, but not here."),
        ("services", "    note:", "    text:", "set_presence.text is missing in en.json."),
        ("services", "    note:", "    text:", "set_presence.note is in en.json, but not here."),
        (
            "services",
            "            - busy\n",
            "",
            "set_presence.presence: its options are not those of selector.presence in en.json.",
        ),
        (
            "services",
            "        boolean:",
            "        bool:",
            "set_presence.fields.override.fields: required key not provided.",
        ),
        (
            "services",
            "example: true",
            "exmaple: true",
            "set_presence.override: a field has no exmaple.",
        ),
        (
            "services",
            "      selector:\n        boolean:\n",
            "",
            "set_presence.override: without a selector it cannot be filled in.",
        ),
        (
            "services",
            "    duration:\n",
            "    more:\n      fields:\n        a: {selector: {text: }}\n    duration:\n",
            "set_presence.more is missing in en.json.",
        ),
        (
            "services",
            "    duration:\n",
            "    more:\n      fields:\n        a: {selector: {text: }}\n    duration:\n",
            "set_presence.a is missing in en.json.",
        ),
        ("triggers", "went_offline:", "WentOffline:", "WentOffline: Key does not start with ."),
        ("triggers", "went_offline:", "left:", "left is missing in icons.json."),
        (
            "triggers",
            "      domain: binary_sensor",
            "      platform: binary_sensor",
            "left_the_phone.target.entity.0.platform: not a valid option.",
        ),
        ("conditions", "is_available:", "is_there:", "is_available is in en.json, but not here."),
        (
            "conditions",
            "automation_behavior:",
            "behaviour:",
            "is_available.fields.behavior.selector: Unknown selector type behaviour found.",
        ),
    ],
)
def test_descriptions(copy: Repository, file: str, old: str, new: str, sentence: str) -> None:
    replace(copy, INTEGRATION / f"{file}.yaml", old, new)
    assert sentence in said(descriptions.check, copy)
