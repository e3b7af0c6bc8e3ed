"""Keeps the secret of a webhook out of what Home Assistant's web server logs of requests.

Its security filter warns with the whole path of a request that it refuses, aiohttp logs an error
with the line of a request that it cannot parse, and other loggers name the webhook.
"""

import logging
import re
import traceback
from typing import Final, override

from homeassistant.helpers.redact import REDACTED

# Those that name the path of a request, or a webhook. A filter of a logger does not apply to
# loggers below it, so each is named.
_LOGGERS: Final = (
    "aiohttp.access",
    "aiohttp.server",
    "homeassistant.components.http.security_filter",
    "homeassistant.components.webhook",
    "homeassistant.helpers.http",
)


class _Redaction(logging.Filter):
    """Replaces secrets in the text, the arguments and the traceback of records."""

    def __init__(self) -> None:
        super().__init__()
        self._patterns: dict[str, re.Pattern[str]] = {}

    def add(self, secret: str) -> None:
        # Each character may have been sent percent-encoded.
        characters = (f"(?:{re.escape(each)}|%{ord(each):02x})" for each in secret)
        self._patterns[secret] = re.compile("".join(characters), re.IGNORECASE)

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self._redacted(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(map(self._redacted, record.args))
        if record.exc_info:
            self._redact_traceback(record, "".join(traceback.format_exception(*record.exc_info)))
        return True

    def _redact_traceback(self, record: logging.LogRecord, text: str) -> None:
        if (redacted := self._redacted_text(text)) != text:
            # Formatters write the text, and handlers format no exception of their own.
            record.exc_info = None
            record.exc_text = redacted

    def _redacted[ValueT](self, value: ValueT) -> ValueT | str:
        return self._redacted_text(value) if isinstance(value, str) else value

    def _redacted_text(self, text: str) -> str:
        for pattern in self._patterns.values():
            text = pattern.sub(REDACTED, text)
        return text


_REDACTION: Final = _Redaction()


def redact_in_web_log(secret: str) -> None:
    """Have a secret redacted for as long as Home Assistant runs.

    It is redacted after the callback was closed, too: the server may still call it.
    """
    _REDACTION.add(secret)
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_REDACTION)
