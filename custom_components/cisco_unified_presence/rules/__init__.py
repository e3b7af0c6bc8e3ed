"""What should be true: presence rules, from their text to the presence that they request."""

from .calendar_leaf import CONF_ALL_DAY, PATTERNS, async_calendars_in, async_filter_of
from .calendars import async_calendars, event_now
from .condition_facts import MISSING, ConditionFact, FactKind
from .condition_tree import ConditionReading
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
from .given import GIVEN_STATES, states_given
from .issues import async_show_problems_of_yaml
from .linked_conditions import CONF_LINK, CONF_LINKED
from .pause import PausesInForce, Scope
from .pauses import Pauses
from .presence_choice import CONF_MAP, CONF_NOTE, CONF_PRESENCE, CONF_TEMPLATE, OWN, PRESENCE_WORDS
from .preview import Preview, PreviewedRule, PreviewOutcome, preview_of
from .reload import (
    async_problems_of,
    async_reload_rules,
    async_test_once_started,
    async_test_rules,
)
from .rule import Rule, name_of
from .rule_set import YAML
from .schema import (
    CONF_AT_MOST,
    CONF_BEATS_MANUAL,
    CONF_EXCEPT,
    CONF_GRACE,
    CONF_HOLD,
    CONF_INSIST,
    CONF_OVERRIDE,
    CONF_OVERRULED_FOR,
    CONF_PRIORITY,
    CONF_UNTIL,
    CONF_VARIABLES,
    CONF_WHEN,
    CONF_YIELDS_TO,
    MAX_PRIORITY,
    MIN_PRIORITY,
    RULE_SCHEMA,
    YIELDS_TO,
    requested_by,
)
from .simulated import RuleMoment, SimulatedRules, World
from .snapshot import RuleSnapshot
from .statistics import Count
from .status import RuleActivity, RuleEvaluation, RuleReading, RuleStatus
from .template_names import asks_for_event
from .timing import RuleTimes, TimingState
from .truth import TruthValue
from .yaml_config import YamlRules, read_rules

__all__ = [
    "CONF_ALL_DAY",
    "CONF_AT_MOST",
    "CONF_BEATS_MANUAL",
    "CONF_EXCEPT",
    "CONF_GRACE",
    "CONF_HOLD",
    "CONF_INSIST",
    "CONF_LINK",
    "CONF_LINKED",
    "CONF_MAP",
    "CONF_NOTE",
    "CONF_OVERRIDE",
    "CONF_OVERRULED_FOR",
    "CONF_PEOPLE",
    "CONF_PRESENCE",
    "CONF_PRIORITY",
    "CONF_TEMPLATE",
    "CONF_UNTIL",
    "CONF_VARIABLES",
    "CONF_WHEN",
    "CONF_YIELDS_TO",
    "GIVEN_STATES",
    "MAX_PRIORITY",
    "MIN_PRIORITY",
    "MISSING",
    "OWN",
    "PATTERNS",
    "PRESENCE_WORDS",
    "RULE_ENGINE",
    "RULE_SCHEMA",
    "YAML",
    "YIELDS_TO",
    "ConditionFact",
    "ConditionReading",
    "ConditionsInvalid",
    "Count",
    "FactKind",
    "Pauses",
    "PausesInForce",
    "PeopleDirectory",
    "PeopleSelection",
    "PersonId",
    "Preview",
    "PreviewOutcome",
    "PreviewedRule",
    "Rule",
    "RuleActivity",
    "RuleEngine",
    "RuleEvaluation",
    "RuleMoment",
    "RuleReading",
    "RuleSnapshot",
    "RuleStatus",
    "RuleTimes",
    "Scope",
    "SimulatedRules",
    "TimingState",
    "TruthValue",
    "WatchedConditions",
    "World",
    "YamlRules",
    "asks_for_event",
    "async_calendars",
    "async_calendars_in",
    "async_filter_of",
    "async_problems_of",
    "async_reload_rules",
    "async_rule_engine",
    "async_show_problems_of_yaml",
    "async_test_once_started",
    "async_test_rules",
    "event_now",
    "explanation_of",
    "name_of",
    "people_in_groups",
    "preview_of",
    "read_rules",
    "requested_by",
    "states_given",
]
