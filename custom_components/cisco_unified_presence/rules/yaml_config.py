"""The rules in YAML, each validated by itself: a bad one keeps no other from loading."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from homeassistant.config import (
    extract_domain_configs,
    format_schema_error,
)
from homeassistant.const import CONF_ID, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.yaml.objects import NodeStrClass
import voluptuous as vol

from ..const import DOMAIN
from ..storage import storable_text
from .rule import Rule
from .rule_test import CONF_TESTS, RuleTest
from .schema import CONF_RULES, RULE_SCHEMA

_BLOCK_SCHEMA = vol.Schema({vol.Optional(CONF_RULES): object, vol.Optional(CONF_TESTS): object})


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """A valid rule, and its path in the configuration."""

    rule: Rule
    path: list[Any]


@dataclass(frozen=True, slots=True)
class YamlRules:
    """The rules in the configuration, and the tests beside them.

    Attributes:
        written: The valid ones, in their order.
        problems: What is wrong with the others: a sentence each, with file and line.
        tests: The valid tests.
        has_all_rules: Whether all rules are valid.
    """

    written: tuple[WrittenRule, ...]
    problems: tuple[str, ...]
    tests: tuple[RuleTest, ...] = ()
    has_all_rules: bool = True

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(each.rule for each in self.written)


def read_rules(hass: HomeAssistant, config: ConfigType) -> YamlRules:
    written: list[WrittenRule] = []
    tests: list[RuleTest] = []
    problems: list[str] = []
    of_tests: list[str] = []

    def report(error: vol.Invalid, path: list[Any], to: list[str] = problems) -> None:
        error.prepend(path)
        to.extend(format_schema_error(hass, error, DOMAIN, config).splitlines())

    for key in extract_domain_configs(config, DOMAIN):
        block = config[key] or {}
        try:
            _BLOCK_SCHEMA(block)
        except vol.Invalid as error:
            report(error, [key])
        rules = block.get(CONF_RULES) if isinstance(block, dict) else None
        for index, raw in enumerate(cv.ensure_list(rules)):
            path = [key, CONF_RULES, index]
            try:
                rule = Rule.of(RULE_SCHEMA(_plain(raw)))
                _require_new(rule, written)
            except vol.Invalid as error:
                report(error, path)
            else:
                written.append(WrittenRule(rule, path))
        written_tests = block.get(CONF_TESTS) if isinstance(block, dict) else None
        for index, raw in enumerate(cv.ensure_list(written_tests)):
            try:
                tests.append(RuleTest.of(_plain(raw)))
            except vol.Invalid as error:
                report(error, [key, CONF_TESTS, index], of_tests)
    return YamlRules(
        written=tuple(written),
        problems=(*problems, *of_tests),
        tests=tuple(tests),
        has_all_rules=not problems,
    )


def _require_new(rule: Rule, earlier: Iterable[WrittenRule]) -> None:
    """Raise Invalid for a rule with the name or the id of an earlier one."""
    for each in earlier:
        if rule.name == each.rule.name:
            raise vol.Invalid("another rule has this name", path=[CONF_NAME])
        if rule.id == each.rule.id:
            raise vol.Invalid(
                f"the rule {each.rule.name!r} has the id {rule.id!r} too", path=[CONF_ID]
            )


def _plain(node: object) -> object:
    """Return YAML as plain values, without file and line, which cannot be stored.

    Raises:
        Invalid: A text holds half a surrogate pair, which can be neither stored nor sent.
    """
    match node:
        case dict():
            return {_plain(key): _plain(value) for key, value in node.items()}
        case list():
            return [_plain(each) for each in node]
        case str() if storable_text(node) != node:
            raise vol.Invalid("a text holds half a surrogate pair")
        case NodeStrClass():
            return str(node)
    return node
