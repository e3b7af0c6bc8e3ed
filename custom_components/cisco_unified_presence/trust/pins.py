"""The pins of an entry: the SHA-256 fingerprints of the certificates trusted at each node.

A node has up to two certificates. A single pin is stored as a text, several as a list. A node
without pins of its own is trusted by those of the configured node. The contact service of a node
has another certificate, and pins apart from the others.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from homeassistant.const import CONF_HOST, CONF_PORT

from ..const import (
    CONF_CONTACT_SERVICE_FINGERPRINTS,
    CONF_FINGERPRINT,
    CONF_FINGERPRINTS,
    CONF_SECURITY,
    SecurityMode,
)
from ..pws import (
    PinnedCertificate,
    PlainHttp,
    Security,
    Server,
    ShownCertificates,
    SystemTrust,
)

# An RSA and an ECDSA certificate.
_MOST_PINS: Final = 2


def pins_at(data: Mapping[str, Any], host: str, port: int) -> tuple[str, ...]:
    # Data of version 1.1 have a single fingerprint, that of the configured node.
    key = _key(host, port)
    if key in (pins := data.get(CONF_FINGERPRINTS, {})):
        return _from_storage(pins[key])
    named = CONF_HOST in data and key == _key(data[CONF_HOST], data[CONF_PORT])
    single = data.get(CONF_FINGERPRINT) if named else None
    return () if single is None else (single,)


def with_pin(data: Mapping[str, Any], host: str, port: int, *sha256: str) -> dict[str, Any]:
    """Return the data with these fingerprints trusted at a node, and no others."""
    pinned = with_pins(data)
    pins = {**pinned[CONF_FINGERPRINTS], _key(host, port): _as_storage(sha256)}
    return {**pinned, CONF_FINGERPRINTS: pins}


def has_known(shown: ShownCertificates, trusted: Sequence[str]) -> bool:
    """Tell whether a node shows a trusted certificate beside one that is not."""
    return not set(trusted).isdisjoint(shown.fingerprints)


def pins_to_trust(shown: ShownCertificates, trusted: Sequence[str]) -> tuple[str, ...]:
    """Return the fingerprints to trust when the user agrees to what a node shows.

    These are both certificates beside a trusted one, and else the one that it shows by default. The
    trusted one stays where the node may still have it.
    """
    if has_known(shown, trusted):
        return shown.fingerprints[:_MOST_PINS]
    earlier = () if shown.is_complete else trusted
    return tuple(dict.fromkeys((shown.fingerprints[0], *earlier)))[:_MOST_PINS]


def with_pins(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data in the format of version 1.2: pins by node instead of one fingerprint."""
    others = {key: value for key, value in data.items() if key != CONF_FINGERPRINT}
    pins = dict(data.get(CONF_FINGERPRINTS, {}))
    single = data.get(CONF_FINGERPRINT)
    if single is not None:
        pins.setdefault(_key(data[CONF_HOST], data[CONF_PORT]), single)
    return {**others, CONF_FINGERPRINTS: pins}


def without_pins(data: Mapping[str, Any]) -> dict[str, Any]:
    pins = (CONF_CONTACT_SERVICE_FINGERPRINTS, CONF_FINGERPRINT, CONF_FINGERPRINTS)
    return {key: value for key, value in data.items() if key not in pins}


def security_at(data: Mapping[str, Any], host: str, port: int) -> Security:
    if data[CONF_SECURITY] == SecurityMode.HTTP:
        return PlainHttp()
    pins = pins_at(data, host, port) or pins_at(data, data[CONF_HOST], data[CONF_PORT])
    return PinnedCertificate(pins[0], pins[1:]) if pins else SystemTrust()


def trusted_at(data: Mapping[str, Any], host: str, port: int) -> tuple[str, ...]:
    """Return the fingerprints by which a node is trusted, none where no certificate is pinned."""
    security = security_at(data, host, port)
    return security.fingerprints if isinstance(security, PinnedCertificate) else ()


def contact_service_pins(data: Mapping[str, Any], host: str, port: int) -> tuple[str, ...]:
    pins = data.get(CONF_CONTACT_SERVICE_FINGERPRINTS, {})
    return _from_storage(pins.get(_key(host, port), ()))


def contact_service_security(data: Mapping[str, Any], host: str, port: int) -> Security:
    pins = contact_service_pins(data, host, port)
    return PinnedCertificate(pins[0], pins[1:]) if pins else SystemTrust()


def with_contact_service_pin(
    data: Mapping[str, Any], host: str, port: int, *sha256: str
) -> dict[str, Any]:
    """Return the data with these fingerprints trusted at a contact service, and no others."""
    pins = data.get(CONF_CONTACT_SERVICE_FINGERPRINTS, {})
    changed = {**pins, _key(host, port): _as_storage(sha256)}
    return {**data, CONF_CONTACT_SERVICE_FINGERPRINTS: changed}


def server_in(data: Mapping[str, Any]) -> Server:
    host, port = data[CONF_HOST], data[CONF_PORT]
    return Server(host=host, port=port, security=security_at(data, host, port))


def host_and_port(address: str) -> tuple[str, int]:
    """Return host and port of a node's address as errors name it: ``host:port``, ``[::1]:port``."""
    host, _, port = address.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _as_storage(pins: Sequence[str]) -> str | list[str]:
    return pins[0] if len(pins) == 1 else list(pins)


def _from_storage(stored: str | Sequence[str]) -> tuple[str, ...]:
    return (stored,) if isinstance(stored, str) else tuple(stored)


def _key(host: str, port: int) -> str:
    """Return the key of a node, the same for every spelling of its host."""
    return Server(host=host, port=port, security=PlainHttp()).ascii_address
