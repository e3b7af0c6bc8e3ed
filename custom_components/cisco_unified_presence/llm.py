"""Tools for language models, as the llm integration asks for them."""

from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext

from .voice import PROMPT, async_presence_tools


@callback
def async_get_tools(
    hass: HomeAssistant,
    llm_context: LLMContext,  # noqa: ARG001 (fixed by Home Assistant)
    api_id: str,
) -> LLMTools | None:
    """Return the tools for the API that controls Home Assistant."""
    if api_id != LLM_API_ASSIST:
        return None
    tools = async_presence_tools(hass)
    return LLMTools(tools=[*tools], prompt=PROMPT) if tools else None
