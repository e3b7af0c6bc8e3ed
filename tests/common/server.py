"""The simulated server of a test, and its control interface."""

from http import HTTPStatus
from typing import Any

from aiohttp import ClientSession

from cup_simulator.configuration import ApplicationUser
from cup_simulator.request_log import Record
from cup_simulator.server import Simulator

PASSWORD = "simulator"


class Cup:
    """The CUP side of a test: the simulator and its control interface."""

    def __init__(self, simulator: Simulator, session: ClientSession) -> None:
        self.simulator = simulator
        self._session = session
        self._url = f"http://127.0.0.1:{simulator.ports.control}/control"

    @property
    def latest(self) -> Record | None:
        """Return the latest request."""
        records = self.simulator.log._records
        return records[-1] if records else None

    async def state(self) -> dict[str, Any]:
        """Return the state of the server."""
        state: dict[str, Any] = await self._call("GET", "state")
        return state

    @property
    def accounts(self) -> dict[str, ApplicationUser]:
        """Return the application users' accounts by their names; changes take effect."""
        accounts = self.simulator.service.configuration.application_users
        assert isinstance(accounts, dict)
        return accounts

    async def presence_of(self, user: str) -> str:
        """Return the presence that the server shows."""
        people = (await self.state())["people"]
        return str(next(each["presence"] for each in people if each["user"] == user))

    async def choose(self, user: str, presence: str, **details: Any) -> None:
        """Let a person choose a presence, or a device report one (manual=False)."""
        await self._call("PUT", f"people/{user}/presence", {"presence": presence, **details})

    async def unchoose(self, user: str) -> None:
        """Let a person take a choice back."""
        await self._call("DELETE", f"people/{user}/presence")

    async def inject(self, kind: str, **details: Any) -> None:
        """Inject a fault."""
        await self._call("POST", "faults", {"kind": kind, **details})

    async def heal(self) -> None:
        """End all faults."""
        await self._call("DELETE", "faults")

    async def requests(self) -> list[tuple[str, str, int | None]]:
        """Return method, path and status of the requests so far, oldest first."""
        log = await self._call("GET", "requests")
        asked = log["requests"] if isinstance(log, dict) else log
        return [(each["method"], each["path"], each["status"]) for each in asked]

    def asked(self, method: str = "", part: str = "") -> int:
        """Return the number of requests so far by this method and with this in the path."""
        return sum(
            record.method.startswith(method) and part in record.path
            for record in self.simulator.log
        )

    async def _call(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        async with self._session.request(method, f"{self._url}/{path}", json=data) as response:
            assert response.status < HTTPStatus.BAD_REQUEST, await response.text()
            return await response.json() if response.content_type == "application/json" else None
