"""What should be true: presence rules, from their text to the presence that they request."""

from .conditions import ConditionsInvalid, WatchedConditions
from .directory import (
    CONF_PEOPLE,
    PeopleDirectory,
    PeopleSelection,
    PersonId,
    people_in_groups,
)
from .engine import RULE_ENGINE, RuleEngine, async_rule_engine
from .explanation import explanation_of
from .issues import async_show_problems_of_yaml
from .pause import Scope
from .pauses import Pauses
from .reload import async_problems_of, async_reload_rules
from .rule import Rule
from .rule_set import YAML
from .schema import (
    CONF_AT_MOST,
    CONF_GRACE,
    CONF_HOLD,
    CONF_INSIST,
    CONF_NOTE,
    CONF_OVERRIDE,
    CONF_PRESENCE,
    CONF_PRIORITY,
    CONF_WHEN,
    MAX_PRIORITY,
    MIN_PRIORITY,
    RULE_SCHEMA,
    requested_by,
)
from .status import RuleStatus
from .yaml_config import YamlRules, read_rules

__all__ = [
    "CONF_AT_MOST",
    "CONF_GRACE",
    "CONF_HOLD",
    "CONF_INSIST",
    "CONF_NOTE",
    "CONF_OVERRIDE",
    "CONF_PEOPLE",
    "CONF_PRESENCE",
    "CONF_PRIORITY",
    "CONF_WHEN",
    "MAX_PRIORITY",
    "MIN_PRIORITY",
    "RULE_ENGINE",
    "RULE_SCHEMA",
    "YAML",
    "ConditionsInvalid",
    "Pauses",
    "PeopleDirectory",
    "PeopleSelection",
    "PersonId",
    "Rule",
    "RuleEngine",
    "RuleStatus",
    "Scope",
    "WatchedConditions",
    "YamlRules",
    "async_problems_of",
    "async_reload_rules",
    "async_rule_engine",
    "async_show_problems_of_yaml",
    "explanation_of",
    "people_in_groups",
    "read_rules",
    "requested_by",
]
