"""Contact URIs: which of them mean the same person."""

import re

_SCHEME = re.compile(r"(?:sips?|xmpp|pres|im):", re.IGNORECASE)


def without_scheme(uri: str) -> str:
    """Return `user@domain` of a URI that may begin with `sip:`, `xmpp:` or the like."""
    return uri[scheme.end() :] if (scheme := _SCHEME.match(uri)) else uri


def contact_key(uri: str) -> str:
    """Return the form in which contacts are compared: without scheme and case."""
    return without_scheme(uri).casefold()
