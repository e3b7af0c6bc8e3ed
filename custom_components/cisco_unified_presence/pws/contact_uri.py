"""Contact URIs: which of them mean the same person."""

import re
from typing import Final

LONGEST_CONTACT: Final = 512

_SCHEME: Final = re.compile(r"\s*(?:sips?|pres|im|xmpp):(?://)?", re.IGNORECASE)


def without_scheme(uri: str) -> str:
    """Return ``user@domain`` of a URI, as it is spelled.

    ``sip:``, ``xmpp:`` and the like are dropped, and with them the parameters that may follow.
    """
    if ":" not in uri:
        return uri.strip()
    scheme = _SCHEME.match(uri)
    if scheme is None:
        return uri.strip()
    return re.split(r"[;?]", uri[scheme.end() :], maxsplit=1)[0].strip()


def contact_key(uri: str) -> str:
    """Return the form in which contact URIs are compared; servers change their case at will."""
    return without_scheme(uri).casefold()
