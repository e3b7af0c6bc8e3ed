"""Addresses as users type them: of the server, and of the callback."""

from homeassistant.util.network import is_ip_address
from yarl import URL


def read_address(typed: str) -> tuple[str, int | None]:
    """Return host and port of a typed host name, IP address or URL.

    The port is None when it is left out.

    Raises:
        ValueError: The text is none of these.
    """
    text = typed.strip()
    if is_ip_address(text):
        return text, None
    url = _read_url(text if "://" in text else f"//{text}")
    host = (url.host or "").removesuffix(".")
    _require_host(host)
    if url.explicit_port == 0:
        raise ValueError("No server listens at port 0.")
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
        raise ValueError("A server's address names no user.")
    return URL(text)


def _require_host(host: str) -> None:
    """Raise ValueError for what an HTTP client or the name service would stumble over."""
    if not host:
        raise ValueError("There is no host.")
    URL.build(scheme="http", host=host)
    host.encode("idna")
