"""What is logged in a test for people to read."""

import pytest


def grumbling(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged for people to read, and forget it.

    What Home Assistant's own web server says of those who speak no HTTP is not our doing, nor is
    what asyncio says of a slow machine.
    """
    said = [
        each.getMessage()
        for each in caplog.records
        if each.levelname in {"WARNING", "ERROR"}
        and each.name != "aiohttp.server"
        and (each.name, each.levelname) != ("asyncio", "WARNING")
    ]
    caplog.clear()
    return said
