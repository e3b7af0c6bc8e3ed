"""The pins of an entry: the SHA-256 fingerprint of the certificate trusted at each node.

A node without a pin of its own is trusted by the pin of the configured node. The contact service of
a node has another certificate, and pins apart from the others.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_HOST, CONF_PORT

from ..const import (
    CONF_CONTACT_SERVICE_FINGERPRINTS,
    CONF_FINGERPRINT,
    CONF_FINGERPRINTS,
    CONF_SECURITY,
    SecurityMode,
)
from ..pws import PinnedCertificate, PlainHttp, Security, Server, SystemTrust


def pin_at(data: Mapping[str, Any], host: str, port: int) -> str | None:
    # Data of version 1.1 have a single fingerprint, that of the configured node.
    key = _key(host, port)
    if key in (pins := data.get(CONF_FINGERPRINTS, {})):
        return str(pins[key])
    named = CONF_HOST in data and key == _key(data[CONF_HOST], data[CONF_PORT])
    return data.get(CONF_FINGERPRINT) if named else None


def with_pin(data: Mapping[str, Any], host: str, port: int, sha256: str) -> dict[str, Any]:
    pinned = with_pins(data)
    return {
        **pinned,
        CONF_FINGERPRINTS: {**pinned[CONF_FINGERPRINTS], _key(host, port): sha256},
    }


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
    pin = pin_at(data, host, port) or pin_at(data, data[CONF_HOST], data[CONF_PORT])
    return PinnedCertificate(pin) if pin else SystemTrust()


def contact_service_security(data: Mapping[str, Any], host: str, port: int) -> Security:
    pin = data.get(CONF_CONTACT_SERVICE_FINGERPRINTS, {}).get(_key(host, port))
    return PinnedCertificate(pin) if pin else SystemTrust()


def with_contact_service_pin(
    data: Mapping[str, Any], host: str, port: int, sha256: str
) -> dict[str, Any]:
    pins = {**data.get(CONF_CONTACT_SERVICE_FINGERPRINTS, {}), _key(host, port): sha256}
    return {**data, CONF_CONTACT_SERVICE_FINGERPRINTS: pins}


def server_in(data: Mapping[str, Any]) -> Server:
    host, port = data[CONF_HOST], data[CONF_PORT]
    return Server(host=host, port=port, security=security_at(data, host, port))


def host_and_port(address: str) -> tuple[str, int]:
    """Return host and port of a node's address as errors name it: ``host:port``, ``[::1]:port``."""
    host, _, port = address.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _key(host: str, port: int) -> str:
    """Return the key of a node, the same for every spelling of its host."""
    return Server(host=host, port=port, security=PlainHttp()).ascii_address
