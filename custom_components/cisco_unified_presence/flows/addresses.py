"""Addresses as users type them: of the server, and of the callback."""

import re
from typing import Final

from homeassistant.util.network import is_ip_address
from yarl import URL

_SCHEME: Final = re.compile(r"\Ahttps?://(?![/\\])", re.IGNORECASE)
# What is left in front of the host when such a beginning is misspelled: "https//cup", "http:/cup",
# "htps://cup", "https:cup". No server is called "https".
_NO_SCHEME: Final = re.compile(
    r"[/\\] | [^/\\?\#\[]*(//|\\\\|:[/\\]) | https?([:;/\\?\#\s]|$)", re.IGNORECASE | re.VERBOSE
)
_HOST: Final = re.compile(r"[\w.-]+")


class MisspelledScheme(ValueError):
    """An address begins with something like ``https//`` in the place of ``https://``."""


def read_address(typed: str) -> tuple[str, int | None]:
    """Return host and port of a typed host name, IP address or URL.

    The port is None when it is left out.

    Raises:
        MisspelledScheme: The text begins like a URL and is none.
        ValueError: The text is none of these.
    """
    text = typed.strip()
    if is_ip_address(text):
        return text, None
    without_scheme = _SCHEME.sub("", text)
    if _NO_SCHEME.match(without_scheme):
        raise MisspelledScheme(text)
    url = _read_url(f"//{without_scheme}")
    host = (url.host or "").removesuffix(".")
    _require_host(host)
    if url.explicit_port == 0:
        raise ValueError(text)
    return host, url.explicit_port


def is_callable_url(typed: str) -> bool:
    """Return whether a CUP node could call this address: plain HTTP without a query."""
    try:
        url = _read_url(typed)
        _require_host(url.host or "")
    except ValueError:
        return False
    return url.scheme == "http" and not url.query_string and not url.fragment


def _read_url(text: str) -> URL:
    if "@" in text:
        raise ValueError(text)
    return URL(text)


def _require_host(host: str) -> None:
    """Raise ValueError for what an HTTP client or the name service would stumble over."""
    if not (_HOST.fullmatch(host) or is_ip_address(host)):
        raise ValueError(host)
    URL.build(host=host)
    host.encode("idna")
