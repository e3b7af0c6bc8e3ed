"""The actions: set, clear and get people's presence, explain it, pause rules, and reload them."""

from homeassistant.const import SERVICE_RELOAD
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.helpers.service import async_register_admin_service

from .actions import (
    FORECAST_SCHEMA,
    GET_PRESENCE_SCHEMA,
    PAUSE_RULES_SCHEMA,
    PEOPLE_SCHEMA,
    RESUME_RULES_SCHEMA,
    SET_PRESENCE_SCHEMA,
    SIMULATE_SCHEMA,
    async_clear_presence,
    async_explain,
    async_forecast_people,
    async_get_decisions,
    async_get_presence,
    async_pause_rules,
    async_resume_rules,
    async_set_presence,
    async_simulate_people,
    async_test_all_rules,
)
from .const import DOMAIN
from .rules import async_reload_rules

SERVICE_SET_PRESENCE = "set_presence"
SERVICE_CLEAR_PRESENCE = "clear_presence"
SERVICE_GET_PRESENCE = "get_presence"
SERVICE_EXPLAIN = "explain"
SERVICE_GET_DECISIONS = "get_decisions"
SERVICE_PAUSE_RULES = "pause_rules"
SERVICE_RESUME_RULES = "resume_rules"
SERVICE_SIMULATE = "simulate"
SERVICE_FORECAST = "forecast"
SERVICE_TEST_RULES = "test_rules"


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    register = hass.services.async_register
    only = SupportsResponse.ONLY
    register(DOMAIN, SERVICE_SET_PRESENCE, async_set_presence, SET_PRESENCE_SCHEMA)
    register(DOMAIN, SERVICE_CLEAR_PRESENCE, async_clear_presence, PEOPLE_SCHEMA)
    register(DOMAIN, SERVICE_GET_PRESENCE, async_get_presence, GET_PRESENCE_SCHEMA, only)
    register(DOMAIN, SERVICE_EXPLAIN, async_explain, PEOPLE_SCHEMA, only)
    register(DOMAIN, SERVICE_GET_DECISIONS, async_get_decisions, PEOPLE_SCHEMA, only)
    register(DOMAIN, SERVICE_PAUSE_RULES, async_pause_rules, PAUSE_RULES_SCHEMA)
    register(DOMAIN, SERVICE_RESUME_RULES, async_resume_rules, RESUME_RULES_SCHEMA)
    register(DOMAIN, SERVICE_FORECAST, async_forecast_people, FORECAST_SCHEMA, only)
    register(DOMAIN, SERVICE_SIMULATE, async_simulate_people, SIMULATE_SCHEMA, only)
    async_register_admin_service(hass, DOMAIN, SERVICE_RELOAD, _reload)
    async_register_admin_service(
        hass, DOMAIN, SERVICE_TEST_RULES, async_test_all_rules, supports_response=only
    )


async def _reload(call: ServiceCall) -> None:
    await async_reload_rules(call.hass)
