"""Run the tests beside the rules in YAML on the rules in use."""

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.util.json import JsonValueType

from ..rules import async_test_rules


async def async_test_all_rules(call: ServiceCall) -> ServiceResponse:
    outcomes = await async_test_rules(call.hass)
    answers: list[JsonValueType] = [outcome.as_answer for outcome in outcomes]
    return {
        "passed": not any(outcome.failures for outcome in outcomes),
        "tests": answers,
    }
