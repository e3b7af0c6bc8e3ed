"""The demo as a subprocess."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
import hashlib
import json
import os
from pathlib import Path
import signal
import ssl
import subprocess
from typing import Any
from urllib.request import Request, urlopen

from homeassistant.const import __version__
import yaml

REPOSITORY = Path(__file__).parents[2]
STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Demo:
    """The addresses of the running demo."""

    process: subprocess.Popen[str]
    home_assistant: str
    cup: str
    cup_http_port: int
    cup_https_port: int
    offers_contact_list: bool
    token: str
    folder: Path

    def choose(self, user: str, presence: str) -> None:
        """Choose a presence in the person's own client."""
        self._ask("PUT", f"{self.cup}/control/people/{user}/presence", {"presence": presence})

    def presence_of(self, user: str) -> str:
        """Return the presence word that the server shows."""
        people = self._ask("GET", f"{self.cup}/control/state")["people"]
        return str(next(each["presence"] for each in people if each["user"] == user))

    def state(self, entity_id: str) -> str:
        return str(self.ask_home_assistant("GET", f"/api/states/{entity_id}")["state"])

    def act(self, action: str, **data: Any) -> None:
        self.ask_home_assistant("POST", f"/api/services/{action.replace('.', '/')}", data)

    def ask_home_assistant(self, method: str, path: str, data: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self._ask(method, self.home_assistant + path, data, headers)

    def fingerprint(self) -> str:
        """Return the fingerprint of the certificate file."""
        pem = (self.folder / "tls" / "cup.pem").read_text()
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper()
        return ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))

    def renew_certificate(self) -> None:
        """Delete the certificate; the next start creates a new one."""
        for file in (self.folder / "tls").iterdir():
            file.unlink()

    def restart_server(self) -> None:
        """Restart the server, which loses its state."""
        self.process.send_signal(signal.SIGHUP)
        assert self.process.stdout
        assert self.process.stdout.readline(), "The server did not start again."

    def _ask(
        self, method: str, url: str, data: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        request = Request(  # noqa: S310 (the address is the demo's)
            url,
            data=None if data is None else json.dumps(data).encode(),
            headers={"Content-Type": "application/json", **(headers or {})},
            method=method,
        )
        with urlopen(request, timeout=10) as response:  # noqa: S310
            return json.load(response)


@contextmanager
def running_demo(*options: str | Path) -> Generator[Demo]:
    """Run the demo on free ports."""
    version = os.environ.get("HOME_ASSISTANT", __version__)
    with subprocess.Popen(  # noqa: S603 (our own script)
        [
            *(REPOSITORY / "script" / "demo", "--announce", "--home-assistant", version),
            *options,
        ],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        announced = process.stdout.readline()
        assert announced, "The demo did not start; what it printed stands above."
        addresses = json.loads(announced)
        yield Demo(process=process, **addresses | {"folder": Path(addresses["folder"])})
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS) == 0


@dataclass(frozen=True, slots=True)
class Installation:
    """A Home Assistant that started empty, and a server whose configuration can change."""

    demo: Demo
    server_file: Path

    @property
    def password(self) -> str:
        account = yaml.safe_load(self.server_file.read_text())["application_users"]["hass"]
        return str(account["password"])

    def configure_server(self, **settings: Any) -> None:
        configuration = yaml.safe_load(self.server_file.read_text())
        self.server_file.write_text(yaml.safe_dump(configuration | settings))
        self.demo.restart_server()
