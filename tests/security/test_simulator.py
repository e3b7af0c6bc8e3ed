"""Attacks on the simulator on a developer's machine."""

from importlib.resources import files

import pytest

from cup_simulator.__main__ import _parser
from tests.common.server import Cup


def test_it_listens_on_the_own_machine_only() -> None:
    usual = _parser().parse_args([])
    assert (usual.host, usual.control_host) == ("127.0.0.1", "127.0.0.1")


def test_opening_the_service_does_not_open_the_control_port() -> None:
    opened = _parser().parse_args(["--host", "0.0.0.0"])
    assert (opened.host, opened.control_host) == ("0.0.0.0", "127.0.0.1")


@pytest.mark.parametrize(
    "function",
    [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "srcdoc",
    ],
)
def test_the_page_makes_no_markup_of_texts(function: str) -> None:
    page = files("cup_simulator").joinpath("index.html").read_text(encoding="utf-8")
    assert function not in page
    assert "textContent" in page


async def test_a_page_of_another_site_controls_nothing(cup: Cup) -> None:
    """With the headers of a foreign page's form, and of a host name that means 127.0.0.1."""
    before = await cup.state()
    port = cup.simulator.ports.control
    url = f"http://127.0.0.1:{port}/control"
    for headers in (
        {"Origin": "http://evil.example", "Content-Type": "text/plain"},
        {"Origin": "null", "Content-Type": "text/plain"},
        {"Host": f"evil.example:{port}", "Origin": f"http://evil.example:{port}"},
        {"Host": f"evil.example:{port}"},
    ):
        for method, path in (
            ("POST", "reset"),
            ("POST", "people"),
            ("POST", "faults"),
            ("DELETE", "requests"),
            ("GET", "state"),
            ("GET", "events"),
        ):
            async with cup._session.request(
                method, f"{url}/{path}", headers=headers, data=b'{"user": "mallory", "name": "M"}'
            ) as response:
                assert response.status == 403, (headers, path)
    assert await cup.state() == before
