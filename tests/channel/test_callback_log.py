"""What Home Assistant's web server logs about requests to the webhook: never its secret."""

import asyncio
from collections.abc import AsyncGenerator
import logging
import traceback
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from yarl import URL

from custom_components.cisco_unified_presence.channel.callback_choice import choose_callback
from custom_components.cisco_unified_presence.const import CallbackMode
from tests.common.callback_settings import settings
from tests.common.entry import SECRET

# The secret with its first character percent-encoded.
ENCODED = f"%30{SECRET[1:]}"


@pytest.fixture
async def webhook(hass: HomeAssistant, web_server: str) -> AsyncGenerator[URL]:
    """Open the webhook, and let the web server log all that it ever logs."""
    loggers = [logging.getLogger(name) for name in ("aiohttp.access", "homeassistant")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    chosen = choose_callback(hass, settings(CallbackMode.WEBHOOK))
    await chosen.async_open(lambda _: None)
    yield URL(chosen.url)
    await chosen.async_close()
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


async def request(webhook: URL, target: str, method: str = "GET") -> None:
    """Send a request line as it stands."""
    reader, writer = await asyncio.open_connection(webhook.host, webhook.port)
    writer.write(f"{method} {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    writer.write_eof()
    await reader.read()
    writer.close()


@pytest.mark.parametrize("secret", [SECRET, ENCODED])
@pytest.mark.parametrize(
    "rest",
    ["", "?id=10", "?id=%0a", "?x=%3Cscript%3E", "?x=../../etc", "/%0a", "/../", "\0", " ", "\x80"],
)
async def test_requests_to_the_webhook_are_logged_without_its_secret(
    webhook: URL, caplog: pytest.LogCaptureFixture, secret: str, rest: str
) -> None:
    for method in ("GET", "POST", "DELETE", "HEAD"):
        await request(webhook, f"/api/webhook/{secret}{rest}", method)

    assert caplog.records
    assert SECRET not in caplog.text
    assert SECRET[1:] not in caplog.text


async def test_the_rest_of_a_filtered_request_is_logged(
    webhook: URL, caplog: pytest.LogCaptureFixture
) -> None:
    await request(webhook, f"/api/webhook/{SECRET}?id=%0a")

    assert (
        "Filtered a request with unsafe byte query string: /api/webhook/**REDACTED**?id=%0a"
        in caplog.text
    )


async def test_the_traceback_of_a_request_that_is_no_http_is_logged(
    webhook: URL, caplog: pytest.LogCaptureFixture
) -> None:
    await request(webhook, f"/api/webhook/{SECRET}\x80")

    assert "Traceback" in caplog.text
    assert "GET /api/webhook/**REDACTED**" in caplog.text


async def test_a_call_after_closing_is_logged_without_the_secret(
    hass: HomeAssistant, web_server: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "homeassistant.components.webhook")
    chosen = choose_callback(hass, settings(CallbackMode.WEBHOOK))
    await chosen.async_open(lambda _: None)
    await chosen.async_close()

    await request(URL(chosen.url), f"/api/webhook/{SECRET}?id=10")

    assert "unregistered webhook **REDACTED** from" in caplog.text
    assert SECRET not in caplog.text


async def test_other_requests_are_logged_as_they_are(
    webhook: URL, caplog: pytest.LogCaptureFixture
) -> None:
    await request(webhook, "/api/webhook/other?id=%0a")

    assert "/api/webhook/other?id=%0a" in caplog.text


@pytest.mark.parametrize(
    ("message", "arguments", "text"),
    [
        (f"{SECRET}!", (), "**REDACTED**!"),
        ("%s and %d", (SECRET.upper(), 7), "**REDACTED** and 7"),
        ("%(path)s and more", ({"path": "other"},), "other and more"),
        (5, (), "5"),
    ],
)
@pytest.mark.usefixtures("webhook")
async def test_lines_of_any_form_are_logged(
    caplog: pytest.LogCaptureFixture, message: Any, arguments: tuple[Any, ...], text: str
) -> None:
    caplog.clear()
    for name in (
        "aiohttp.access",
        "aiohttp.server",
        "homeassistant.components.http.security_filter",
        "homeassistant.components.webhook",
        "homeassistant.helpers.http",
    ):
        logging.getLogger(name).error(message, *arguments)
    assert [each.getMessage() for each in caplog.records] == [text] * 5


@pytest.mark.usefixtures("webhook")
async def test_tracebacks_without_the_secret_stay_what_they_are(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.clear()
    expected = []
    for text in ("odd", SECRET):
        with pytest.raises(ValueError, match=text) as raised:
            int(text)
        expected.append("".join(traceback.format_exception(raised.value)))
        logging.getLogger("aiohttp.server").error("Failed", exc_info=raised.value)
    odd, redacted = caplog.records
    assert odd.exc_info
    assert odd.exc_text == expected[0].rstrip()
    assert redacted.exc_info is None
    assert redacted.exc_text == expected[1].replace(SECRET, "**REDACTED**")
