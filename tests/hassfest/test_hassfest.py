"""Each check of script/hassfest finds what it is for, and says it in a sentence.

Those of texts are in test_hassfest_texts.py, those of code in test_hassfest_code.py.
"""

from pathlib import Path
from typing import Any

from PIL import Image
import pytest

from hassfest import (
    __main__,
    blueprints,
    brand,
    hacs,
    manifest,
    quality_scale,
)
from hassfest.checks import findings_in
from hassfest.repository import Finding, Repository

from .broken_copy import (
    ENGLISH,
    INTEGRATION,
    ROOT,
    Change,
    change_json,
    copy_to,
    replace,
    said,
    write,
)

BLUEPRINT = Path("blueprints/automation/cisco_unified_presence/busy_while.yaml")


@pytest.fixture(name="copy")
def copy_fixture(tmp_path: Path) -> Repository:
    return copy_to(tmp_path)


def test_the_repository_is_as_it_should_be() -> None:
    assert findings_in(Repository(ROOT)) == []


def test_the_command_tells_what_to_mend_and_fails(
    copy: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["hassfest", str(copy.root)])
    assert __main__.main() == 0
    (copy.root / "hacs.json").unlink()
    assert __main__.main() == 1
    assert "hacs.json: This file is missing.\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"name": "a", "name": "b"}', "This is not sound JSON: name is there twice."),
        ("[]", "This has to have keys at its top."),
    ],
)
def test_a_file_that_cannot_be_read_is_told_once(
    copy: Repository, text: str, sentence: str
) -> None:
    write(copy, ENGLISH, text)
    assert findings_in(copy) == [Finding(ENGLISH, sentence)]


def test_yaml_and_python_that_cannot_be_read_are_told(copy: Repository) -> None:
    write(copy, INTEGRATION / "services.yaml", "a: [")
    write(copy, INTEGRATION / "const.py", "a = (")
    found = {each.file.name: each.sentence for each in findings_in(copy)}
    assert found.keys() == {"services.yaml", "const.py"}
    assert found["services.yaml"].startswith("This is not sound YAML: ")
    assert found["const.py"].startswith("This is no Python: ")


def rotate(content: dict[str, Any]) -> None:
    content["domain"] = content.pop("domain")


ORDER = (
    "domain, name, codeowners, config_flow, dependencies, documentation, integration_type, "
    "iot_class, issue_tracker, loggers, requirements, version"
)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (rotate, f"The keys have to be domain, name, then by the alphabet: {ORDER}."),
        (lambda its: its.pop("version"), "The key version is missing."),
        (lambda its: its.update(zzz=1), "Home Assistant knows no key zzz."),
        (
            lambda its: its.update(domain="other"),
            "The domain has to be that of the folder, cisco_unified_presence.",
        ),
        (
            lambda its: its.update(version="new"),
            "new is no version that Home Assistant can read.",
        ),
        (
            lambda its: its.update(iot_class="push"),
            (
                "iot_class has to be one of assumed_state, calculated, cloud_polling, cloud_push, "
                "local_polling, local_push, not push."
            ),
        ),
        (
            lambda its: its.update(integration_type="thing"),
            (
                "integration_type has to be one of entity, device, hardware, helper, hub, service, "
                "system, virtual, not thing."
            ),
        ),
        (lambda its: its.update(codeowners=["me"]), "A code owner begins with an @."),
        (
            lambda its: its.update(documentation="http://a"),
            "documentation has to be an address that begins with https://.",
        ),
        (
            lambda its: its.update(requirements=["lxml>=6"]),
            "The requirement lxml>=6 has to be pinned to one version by ==.",
        ),
        (
            lambda its: its.update(requirements=["lxml==6.*"]),
            "The requirement lxml==6.* has to be pinned to one version by ==.",
        ),
        (
            lambda its: its.update(requirements=["lxml = 6"]),
            "lxml = 6 is no requirement of a package.",
        ),
        (
            lambda its: its.update(dependencies=["web"]),
            "dependencies: the installed Home Assistant has no integration web.",
        ),
    ],
)
def test_the_manifest(copy: Repository, change: Change, sentence: str) -> None:
    change_json(copy, INTEGRATION / "manifest.json", change)
    assert said(manifest.check, copy) == [sentence]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda its: its.update(domains=[]), "HACS knows no key domains."),
        (
            lambda its: its.update(name="Presence"),
            "The name has to be the manifest's, Cisco Unified Presence.",
        ),
        (
            lambda its: its.update(content_in_root=True),
            "The integration is in custom_components, not in the root.",
        ),
        (
            lambda its: its.pop("homeassistant"),
            "homeassistant has to be the oldest version that it runs on.",
        ),
    ],
)
def test_hacs(copy: Repository, change: Change, sentence: str) -> None:
    change_json(copy, Path("hacs.json"), change)
    assert said(hacs.check, copy) == [sentence]


def test_hacs_does_not_ask_for_more_than_is_tested(copy: Repository) -> None:
    change_json(copy, Path("hacs.json"), lambda its: its.update(homeassistant="2099.1.0"))
    (sentence,) = said(hacs.check, copy)
    assert sentence.endswith("which is older than 2099.1.0.")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("  brands: done\n", "", "The rule brands is missing."),
        ("  brands: done\n", "  brands: done\n  beauty: done\n", "There is no rule beauty."),
        ("  brands: done\n", "  brands: todo\n", "brands is todo: say why in a comment."),
        ("  brands: done\n", "  brands: exempt\n", "brands is exempt: say why in a comment."),
        (
            "  brands: done\n",
            "  brands:\n    status: exempt\n    comment: ' '\n",
            "brands is exempt: say why in a comment.",
        ),
        ("  brands: done\n", "  brands: nearly\n", "rules.brands: it is done, exempt or todo."),
    ],
)
def test_the_quality_scale(copy: Repository, old: str, new: str, sentence: str) -> None:
    replace(copy, INTEGRATION / "quality_scale.yaml", old, new)
    assert said(quality_scale.check, copy) == [sentence]


def test_there_are_54_rules() -> None:
    assert len(quality_scale.known_rules()) == 54


def test_images_have_their_sizes_and_names(copy: Repository) -> None:
    folder = copy.root / INTEGRATION / "brand"
    whole = Image.open(folder / "icon.png").convert("RGBA")
    whole.resize((200, 256)).save(folder / "icon.png")
    whole.resize((120, 100)).save(folder / "logo.png")
    whole.save(folder / "logo@2x.png")
    (folder / "icon@2x.png").unlink()
    (folder / "banner.png").write_bytes(b"")
    (folder / "dark_icon.png").write_bytes(b"GIF89a" + bytes(70000))
    assert {(each.file.name, each.sentence) for each in brand.check(copy)} == {
        ("icon@2x.png", "This image is missing."),
        ("banner.png", "Home Assistant asks for no image of this name."),
        ("dark_icon.png", "It has more than 64 KiB."),
        ("dark_icon.png", "It is no PNG."),
        ("icon.png", "It is 200x256; an icon of this name is 256x256."),
        ("logo.png", "Its shorter side is 100; that of a logo of this name is 128 to 256."),
    }


def test_images_have_no_empty_edges(copy: Repository) -> None:
    folder = copy.root / INTEGRATION / "brand"
    spacious = Image.new("RGBA", (256, 256))
    spacious.paste("red", (1, 1, 255, 255))
    spacious.save(folder / "icon.png")
    Image.new("RGBA", (256, 256)).save(folder / "logo.png")
    assert said(brand.check, copy) == ["There is empty space all around; trim it."] * 2


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "  author:",
            "  writer:",
            (
                "Invalid blueprint: not a valid option at 'blueprint.writer'. "
                "Got 'Cisco Unified Presence for Home Assistant'."
            ),
        ),
        ("  author: ", "  author: ''  # ", "It has no author."),
        (
            "  domain: automation",
            "  domain: script",
            "Invalid blueprint: Found incorrect blueprint type script, expected automation.",
        ),
        (
            "min_version: 2026.10.0",
            "min_version: 2099.1.0",
            (
                "It does not run on the installed Home Assistant: "
                "Requires at least Home Assistant 2099.1.0."
            ),
        ),
        (
            "!input people",
            "!input persons",
            "Invalid blueprint: Missing input definition for persons.",
        ),
    ],
)
def test_blueprints(copy: Repository, old: str, new: str, sentence: str) -> None:
    replace(copy, BLUEPRINT, old, new)
    assert said(blueprints.check, copy) == [sentence]
