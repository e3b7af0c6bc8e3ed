"""The public interfaces of both sides: Home Assistant's REST API, the simulator's control."""

from http import HTTPStatus
from typing import Any, Self

from aiohttp import ClientSession, ClientTimeout

FLOW = "/api/config/config_entries"


class HomeAssistantApi:
    """Home Assistant's REST API."""

    def __init__(self, session: ClientSession, url: str, token: str) -> None:
        self._session = session
        self.url = url
        self._headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str) -> Any:
        async with self._session.get(self.url + path, headers=self._headers) as response:
            response.raise_for_status()
            return await response.json()

    async def text(self, path: str) -> str:
        async with self._session.get(self.url + path) as response:
            response.raise_for_status()
            return await response.text()

    async def post(self, path: str, data: dict[str, Any]) -> Any:
        async with self._session.post(
            self.url + path, json=data, headers=self._headers
        ) as response:
            if response.status >= HTTPStatus.BAD_REQUEST:
                raise RuntimeError(f"{path}: {response.status} {await response.text()}")
            return await response.json()

    async def state(self, entity_id: str) -> str:
        """Return an entity's state, "missing" if there is no such entity."""
        return str((await self.entity(entity_id))["state"])

    async def entity(self, entity_id: str) -> dict[str, Any]:
        async with self._session.get(
            f"{self.url}/api/states/{entity_id}", headers=self._headers
        ) as response:
            if response.status == HTTPStatus.NOT_FOUND:
                return {"state": "missing", "attributes": {}}
            response.raise_for_status()
            found: dict[str, Any] = await response.json()
            return found

    async def act(self, action: str, **data: Any) -> None:
        """Perform an action such as light.turn_on."""
        await self.post(f"/api/services/{action.replace('.', '/')}", data)

    async def command(self, command: str, **fields: Any) -> Any:
        """Return the result of a command of the WebSocket; of a subscription its first message.

        Raises:
            RuntimeError: It was refused.
        """
        async with self._session.ws_connect(f"{self.url}/api/websocket") as socket:
            await socket.receive_json()
            token = self._headers["Authorization"].removeprefix("Bearer ")
            await socket.send_json({"type": "auth", "access_token": token})
            await socket.receive_json()
            await socket.send_json({"id": 1, "type": command, **fields})
            answer = await socket.receive_json()
            if not answer["success"]:
                raise RuntimeError(f"{command}: {answer['error']}")
            if command.endswith("/subscribe"):
                return (await socket.receive_json())["event"]
            return answer["result"]

    async def is_running(self) -> bool:
        """Return whether Home Assistant runs with its configuration, not in recovery mode."""
        try:
            config = await self.get("/api/config")
        except OSError:
            return False
        if config["recovery_mode"]:
            raise RuntimeError("Home Assistant is in recovery mode: its configuration is broken")
        return bool(config["state"] == "RUNNING")


class SimulatorControl:
    """The simulator's control interface."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def presence_of(self, user: str) -> str:
        """Return the presence word that the server shows."""
        people = (await self._state())["people"]
        return str(next(person["presence"] for person in people if person["user"] == user))

    async def node_of_session(self, user: str) -> str | None:
        """Return the node of a user's session, None if there is not exactly one."""
        sessions = (await self._state())["sessions"]
        nodes = [str(each["node"]) for each in sessions if each["user"] == user]
        return nodes[0] if len(nodes) == 1 else None

    async def set_node(self, name: str, state: str) -> None:
        """Set the state of a node: stopped, cut or running."""
        await self._request("POST", f"/control/nodes/{name}", {"state": state})

    async def _state(self) -> dict[str, Any]:
        async with self._session.get(f"{self.url}/control/state") as response:
            response.raise_for_status()
            state: dict[str, Any] = await response.json()
            return state

    async def choose(self, user: str, presence: str) -> None:
        """Choose a presence in the person's own client."""
        await self._request("PUT", f"/control/people/{user}/presence", {"presence": presence})

    async def inject(self, kind: str, **details: Any) -> None:
        """Add a fault."""
        await self._request("POST", "/control/faults", {"kind": kind, **details})

    async def heal(self) -> None:
        """End all faults."""
        await self._request("DELETE", "/control/faults", None)

    async def _request(self, method: str, path: str, data: dict[str, Any] | None) -> None:
        async with self._session.request(method, self.url + path, json=data) as response:
            response.raise_for_status()


class Flow:
    """A configuration flow, filled in as a person would."""

    def __init__(self, api: HomeAssistantApi, path: str) -> None:
        self._api = api
        self._path = path
        self.result: dict[str, Any] = {}

    async def start(self, handler: Any) -> Self:
        self.result = await self._api.post(self._path, {"handler": handler})
        return self

    def choice(self, field: str, label: str) -> str:
        """Return what a field of the form has to hold for a choice that it offers."""
        fields = {each["name"]: each for each in self.result["data_schema"]}
        options = fields[field]["selector"]["select"]["options"]
        return next(str(each["value"]) for each in options if each["label"] == label)

    async def fill_in(self, step: str, **fields: Any) -> None:
        """Submit the form of this step."""
        if self.result.get("step_id") != step:
            raise RuntimeError(f"The form {step} was expected, but this came: {self.result}")
        self.result = await self._api.post(f"{self._path}/{self.result['flow_id']}", fields)
        if self.result.get("errors"):
            raise RuntimeError(f"The form {step} was refused: {self.result['errors']}")


def open_session() -> ClientSession:
    """Return a session with a short timeout."""
    return ClientSession(timeout=ClientTimeout(total=30))
