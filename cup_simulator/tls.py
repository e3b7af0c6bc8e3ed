"""Which certificates a node shows, and its versions of TLS. Reference: "Addresses"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import ssl

CUP = "cup"
CUP_ECDSA = "cup-ECDSA"

VERSIONS: Mapping[str, ssl.TLSVersion] = {
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}

_AUTHENTICATION = {CUP: "aRSA", CUP_ECDSA: "aECDSA"}
_WEAK = "!aNULL:!eNULL:!MD5:!3DES"


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """The certificates that a node shows, the preferred one first, and its versions of TLS.

    The preference is that of TLS 1.2, in which the server chooses; in TLS 1.3 it is the client's.
    The default is that of releases 12.5 to 15SU1.
    """

    shows: tuple[str, ...] = (CUP, CUP_ECDSA)
    versions: tuple[str, ...] = ("1.2",)

    def __post_init__(self) -> None:
        """Raises ValueError, with a sentence about the field that is invalid."""
        _require_some_of("shows", self.shows, _AUTHENTICATION)
        _require_some_of("versions", self.versions, VERSIONS)

    def apply(self, context: ssl.SSLContext) -> None:
        """Set versions and preference; the certificates are loaded by the caller."""
        spoken = [VERSIONS[each] for each in self.versions]
        context.minimum_version, context.maximum_version = min(spoken), max(spoken)
        kinds = [_AUTHENTICATION[each] for each in self.shows]
        preferred = [f"ECDHE+{kind}+AESGCM:ECDHE+{kind}+HIGH" for kind in kinds]
        context.set_ciphers(":".join((*preferred, "HIGH", _WEAK)))
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE


def _require_some_of(name: str, given: Sequence[str], known: Mapping[str, object]) -> None:
    if not given or len(set(given)) < len(given) or not set(given) <= known.keys():
        raise ValueError(f"{name} must list one or more of {', '.join(known)}, each once.")
