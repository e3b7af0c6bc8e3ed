"""Warnings and errors that a test logs."""

import pytest

WEB_SERVER = {"aiohttp.server", "homeassistant.components.http.security_filter"}


def logged_warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the warnings and errors that were logged, and clear them.

    Without those of Home Assistant's web server about requests that are no HTTP or that its
    security filter refuses, and those of asyncio about slow callbacks.
    """
    messages = [
        each.getMessage()
        for each in caplog.records
        if each.levelname in {"WARNING", "ERROR"}
        and each.name not in WEB_SERVER
        and (each.name, each.levelname) != ("asyncio", "WARNING")
    ]
    caplog.clear()
    return messages
