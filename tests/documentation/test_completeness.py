"""Everything in the interface is documented, by its name there."""

from collections.abc import Iterator
import re
from typing import Any

from homeassistant.const import CONF_ID
from homeassistant.helpers.selector import NumberSelector
import pytest
import voluptuous as vol

from custom_components.cisco_unified_presence.const import DEFAULT_CALLBACK_PORT
from custom_components.cisco_unified_presence.flows import OPTIONS_SCHEMA
from custom_components.cisco_unified_presence.requested_presence import MAX_NOTE
from custom_components.cisco_unified_presence.rules import RULE_SCHEMA
from tests.blueprints.environment import NAMES
from tests.blueprints.test_importing import blueprint
from tests.common.texts import FOLDER, TEXTS

from .kinds import Kind, blocks_of, read
from .pages import page, pages

ACTIONS = "docs/actions.md"
AUTOMATIONS = "docs/automations.md"
BLUEPRINTS = "docs/blueprints.md"
COMPATIBILITY = "docs/compatibility.md"
ENTITIES = "docs/entities.md"
INSTALLATION = "docs/installation.md"
RULES = "docs/rules.md"
TROUBLESHOOTING = "docs/troubleshooting.md"

LANGUAGES = {
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "nl": "Nederlands",
}

UNITS = {"h": "hours", "s": "seconds"}

# The name of the test, the page, and the text that it has to contain.
type Mention = tuple[str, str, str]


def shown(text: str) -> str:
    """Return a text as pages write it: dots for placeholders."""
    return re.sub(r"\{\w+\}", "…", text)


def flat(text: str) -> str:
    """Return a text without line breaks."""
    return " ".join(text.split())


def texts_in(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        for each in tree.values():
            yield from texts_in(each)
    else:
        yield shown(str(tree))


def actions() -> Iterator[Mention]:
    for key, action in TEXTS["services"].items():
        yield (
            f"action {key}",
            ACTIONS,
            f"(#{action['name'].lower().replace(' ', '-')}) | {action['name']} |",
        )
        yield (
            f"action {key} heading",
            ACTIONS,
            f"\n## {action['name']}\n\n`cisco_unified_presence.{key}`",
        )
        for field, texts in action.get("fields", {}).items():
            yield f"action {key} {field}", ACTIONS, f"| `{field}` | {texts['name']} |"


def triggers_and_conditions() -> Iterator[Mention]:
    for kind in ("triggers", "conditions"):
        for key, each in TEXTS[kind].items():
            yield f"{kind} {key}", AUTOMATIONS, f"| {each['name']} (`{key}`) |"
            for field, texts in each["fields"].items():
                yield f"{kind} {key} {field}", AUTOMATIONS, f"| `{field}` | {texts['name']} |"


def entities() -> Iterator[Mention]:
    for domain, kinds in TEXTS["entity"].items():
        for key, each in kinds.items():
            name = f"{domain} {key}"
            yield name, ENTITIES, f"**{shown(each['name'])}**"
            for state in each.get("state", {}):
                yield f"{name} {state}", ENTITIES, f"`{state}`"
            for attribute in each.get("state_attributes", {}):
                yield f"{name} {attribute}", ENTITIES, f"`{attribute}`"
    for key in ("presence", "presence_source"):
        for state, word in TEXTS["entity"]["sensor"][key]["state"].items():
            yield f"{key} {state} in words", ENTITIES, f"| `{state}` | {word} |"


def forms() -> Iterator[Mention]:
    steps = {
        "config": TEXTS["config"]["step"],
        "options": TEXTS["options"]["step"],
        **{kind: texts["step"] for kind, texts in TEXTS["config_subentries"].items()},
    }
    for flow, of_flow in steps.items():
        for step, texts in of_flow.items():
            for name in _names_of_form(texts):
                yield f"{flow} {step} {name}", INSTALLATION, f"**{name}**"
    for kind, texts in TEXTS["config_subentries"].items():
        for name in texts["initiate_flow"].values():
            yield f"{kind} {name}", INSTALLATION, f"**{name}**"
    for selector in ("callback", "dialect", "security", "override"):
        for name in TEXTS["selector"][selector]["options"].values():
            yield f"selector {selector} {name}", INSTALLATION, f"**{name}**"


def _names_of_form(texts: dict[str, Any]) -> Iterator[str]:
    yield from texts.get("data", {}).values()
    yield from texts.get("menu_options", {}).values()
    for section in texts.get("sections", {}).values():
        yield section["name"]
        yield from section["data"].values()


def repairs_and_health() -> Iterator[Mention]:
    for key, issue in TEXTS["issues"].items():
        yield f"issue {key}", TROUBLESHOOTING, f"| *{shown(issue['title'])}* |"
    for key, name in TEXTS["system_health"]["info"].items():
        yield f"system health {key}", TROUBLESHOOTING, f"| **{name}** |"


def blueprints() -> Iterator[Mention]:
    for name in NAMES:
        found = blueprint(name)
        yield name, BLUEPRINTS, f"\n## {found.name}\n"
        yield f"{name} address", BLUEPRINTS, f"`{found.metadata['source_url']}`"
        for key, each in found.inputs.items():
            yield f"{name} {key}", BLUEPRINTS, f"**{each['name']}**"


def rules() -> Iterator[Mention]:
    schema: Any = next(each for each in RULE_SCHEMA.validators if isinstance(each, vol.Schema))
    for key in schema.schema:
        yield f"rule {key}", RULES, f"| `{key}` |"
        if key != CONF_ID:
            yield f"rule {key} in the form", INSTALLATION, f"| `{key}` |"


def limits() -> Iterator[Mention]:
    schema: Any = OPTIONS_SCHEMA.schema
    labels = TEXTS["options"]["step"]["init"]["data"]
    for key, selector in schema.items():
        if isinstance(selector, NumberSelector) and "unit_of_measurement" in selector.config:
            least, most = int(selector.config["min"]), int(selector.config["max"])
            yield f"option {key}", INSTALLATION, f"| **{labels[key]}** |"
            unit = selector.config["unit_of_measurement"]
            yield f"option {key} range", INSTALLATION, f"{least} to {most} {UNITS[unit]}"
            yield f"option {key} default", INSTALLATION, f"| {key.default()} {unit} |"
    yield "option callback_port default", INSTALLATION, f"| {DEFAULT_CALLBACK_PORT} |"
    for where in (ACTIONS, INSTALLATION, COMPATIBILITY):
        yield f"note in {where}", where, f"up to {MAX_NOTE} characters"


def languages() -> Iterator[Mention]:
    for file in sorted((FOLDER / "translations").glob("*.json")):
        yield f"language {file.stem}", COMPATIBILITY, LANGUAGES[file.stem]


MENTIONS = [
    *actions(),
    *triggers_and_conditions(),
    *entities(),
    *forms(),
    *repairs_and_health(),
    *blueprints(),
    *rules(),
    *limits(),
    *languages(),
]


@pytest.mark.parametrize(
    ("where", "text"), [pytest.param(*rest, id=name) for name, *rest in MENTIONS]
)
def test_it_is_documented(where: str, text: str) -> None:
    assert flat(text) in flat(page(where).text)


@pytest.mark.parametrize("name", [each.name for each in pages()])
def test_a_name_in_a_table_is_in_the_interface(name: str) -> None:
    inputs = {each["name"] for known in NAMES for each in blueprint(known).inputs.values()}
    known = {*texts_in(TEXTS), *inputs}
    assert set(page(name).first_cells("strong")) <= known


def test_a_sentence_in_a_table_begins_like_one_in_the_interface() -> None:
    known = tuple(texts_in(TEXTS))
    for sentence in page(TROUBLESHOOTING).first_cells("em"):
        assert any(each.startswith(sentence.removesuffix(" …")) for each in known), sentence


def test_every_documented_language_exists() -> None:
    assert LANGUAGES.keys() == {file.stem for file in (FOLDER / "translations").glob("*.json")}


def test_every_blueprint_has_an_example() -> None:
    examples = [read(block) for block in blocks_of(Kind.AUTOMATION)]
    used = {each["use_blueprint"]["path"] for each in examples if "use_blueprint" in each}
    assert used == {f"cisco_unified_presence/{name}.yaml" for name in NAMES}
