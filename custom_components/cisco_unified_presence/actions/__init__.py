"""What the actions do, whom they are about, and what the user who calls may see and set."""

from .explain import async_explain, explanation_of_target
from .forecast import FORECAST_SCHEMA, MOST_HOURS, async_forecast_people
from .get_decisions import async_get_decisions
from .get_presence import GET_PRESENCE_SCHEMA, async_get_presence
from .pause_rules import (
    PAUSE_RULES_SCHEMA,
    RESUME_RULES_SCHEMA,
    async_pause_rules,
    async_resume_rules,
)
from .set_presence import (
    ATTR_PRESENCE,
    PEOPLE_SCHEMA,
    SET_PRESENCE_SCHEMA,
    async_clear_presence,
    async_set_presence,
)
from .simulate import SIMULATE_SCHEMA, async_simulate_people
from .targets import Target, invalid
from .test_rules import async_test_all_rules

__all__ = [
    "ATTR_PRESENCE",
    "FORECAST_SCHEMA",
    "GET_PRESENCE_SCHEMA",
    "MOST_HOURS",
    "PAUSE_RULES_SCHEMA",
    "PEOPLE_SCHEMA",
    "RESUME_RULES_SCHEMA",
    "SET_PRESENCE_SCHEMA",
    "SIMULATE_SCHEMA",
    "Target",
    "async_clear_presence",
    "async_explain",
    "async_forecast_people",
    "async_get_decisions",
    "async_get_presence",
    "async_pause_rules",
    "async_resume_rules",
    "async_set_presence",
    "async_simulate_people",
    "async_test_all_rules",
    "explanation_of_target",
    "invalid",
]
