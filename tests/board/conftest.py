"""A browser of the board's tests: the commands of one user over a real WebSocket."""

from collections.abc import AsyncGenerator, Callable, Coroutine
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.server import Cup
from tests.common.texts import FOLDER
from tests.common.waiting import settled


def error_text(language: str, key: str) -> str:
    """Return the text of an error in a language."""
    texts = json.loads((FOLDER / "translations" / f"{language}.json").read_text())
    return str(texts["exceptions"][key]["message"])


class Browser:
    """One connection of a browser."""

    def __init__(self, client: MockHAClientWebSocket, cup: Cup) -> None:
        self.client = client
        self._cup = cup
        self.subscription = 0

    async def call(self, command: str, **fields: Any) -> dict[str, Any]:
        """Return the answer to a command."""
        await self.client.send_json_auto_id({"type": f"{DOMAIN}/{command}", **fields})
        answer: dict[str, Any] = await self.client.receive_json()
        return answer

    async def subscribe(self, what: str, **fields: Any) -> dict[str, Any]:
        """Subscribe and return the first message."""
        answer = await self.call(f"{what}/subscribe", **fields)
        assert answer["success"], answer
        self.subscription = answer["id"]
        return await self.next()

    async def unsubscribe(self) -> dict[str, Any]:
        """End the subscription, and return the answer."""
        ends = {"type": "unsubscribe_events", "subscription": self.subscription}
        await self.client.send_json_auto_id(ends)
        answer: dict[str, Any] = await self.client.receive_json()
        return answer

    async def next(self) -> dict[str, Any]:
        """Return the next message of the subscription."""
        message = await self.client.receive_json(timeout=5)
        assert message["id"] == self.subscription, message
        event: dict[str, Any] = message["event"]
        return event

    async def until(self, condition: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Return the first message for which a condition holds."""
        while not condition(message := await self.next()):
            pass
        return message

    async def nothing(self) -> None:
        """Require that no message has been sent, once everything that is under way has ended."""
        await settled(self._cup)
        await self.client.send_json_auto_id({"type": "ping"})
        assert (await self.client.receive_json())["type"] == "pong"


@pytest.fixture
async def websocket_api(hass: HomeAssistant) -> None:
    """Set up the WebSocket, before the web server runs."""
    assert await async_setup_component(hass, "websocket_api", {})


@pytest.fixture
def web_server(websocket_api: None, web_server: str) -> str:
    """Run Home Assistant's own web server with the WebSocket."""
    return web_server


type Open = Callable[..., Coroutine[Any, Any, Browser]]


@pytest.fixture
async def opened(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    hass_ws_client: WebSocketGenerator,
    hass_access_token: str,
) -> AsyncGenerator[Open]:
    """Open a browser, of an administrator unless a token is given."""
    await settled(cup)

    clients: list[MockHAClientWebSocket] = []

    async def open_browser(token: str = hass_access_token) -> Browser:
        clients.append(await hass_ws_client(hass, token))
        return Browser(clients[-1], cup)

    yield open_browser
    for client in clients:
        await client.close()


@pytest.fixture
async def browser(opened: Open) -> Browser:
    """Open the browser of an administrator."""
    return await opened()


@pytest.fixture
async def annas_browser(
    opened: Open, hass_read_only_user: MockUser, hass_read_only_access_token: str
) -> Browser:
    """Open the browser of a user who may see Anna and nothing else."""
    policy = {"entities": {"entity_ids": {"sensor.anna_presence": {"read": True}}}}
    hass_read_only_user.mock_policy(policy)
    return await opened(hass_read_only_access_token)
