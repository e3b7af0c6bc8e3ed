"""A node that logs in and out, and notes whom."""

import asyncio
from collections import Counter

from .byte_server import Received, Reply, http
from .wire import fault, login_answer

APPLICATION = "hass"
LOGIN = "POST /presence-service/users/hass/sessions"


class Node:
    """Just enough of a server to hand out keys and to forget them."""

    def __init__(self) -> None:
        """Begin without sessions."""
        self.keys: dict[str, str] = {}
        self.logins: Counter[str] = Counter()
        self.calls: list[str] = []

    async def __call__(self, request: Received) -> Reply:
        """Answer a request."""
        await asyncio.sleep(0)
        self.calls.append(request.line)
        key = request.headers.get("Presence-Session-Key")
        if request.line.startswith("POST") and request.line.endswith("/sessions"):
            return self._log_in(request.line.split("/")[-2], key)
        if key not in self.keys.values():
            return fault(401, 101, "Invalid session key")
        if request.line.startswith("DELETE") and request.line.endswith("/session"):
            self._log_out(request.line.split("/")[-2])
        if "/contacts/" in request.line:
            return http(
                200,
                b'<presenceList><contact contactURI="b@x" presenceStatus="BUSY"/></presenceList>',
            )
        return http(200)

    def _log_in(self, name: str, key: str | None) -> Reply:
        if name != APPLICATION and key != self.keys.get(APPLICATION):
            return fault(401, 101, "Invalid session key")
        if name not in self.keys:
            self.logins[name] += 1
            self.keys[name] = f"{name}-{self.logins[name]}"
        return http(201, login_answer(self.keys[name]))

    def _log_out(self, name: str) -> None:
        self.keys.pop(name, None)
        if name == APPLICATION:
            self.keys.clear()

    def lose(self, *names: str) -> None:
        """Forget sessions; without names all of them."""
        for name in names or tuple(self.keys):
            self.keys.pop(name, None)
