"""Inputs that fuzzing found."""

import pytest

from tests.pws.soap_wire import OTHER_NAMESPACE, OTHER_SPELLING

from .cases import found
from .targets import targets

CODECS = (b"base64", b"undefined", b"rot13", b"idna", b"punycode", b"unicode_escape")

FOUND = (
    # A redirection to an address without a scheme raised an undocumented error.
    ("location", b"//cup2/x"),
    # User information without a host.
    ("location", b"//cu@/x"),
    # The message about an invalid address failed too.
    ("location", b"https://[2001:d\x00b8::7]:8083/presence-service/users/anna/session"),
    # Brackets before an @ without a host: the URL library failed.
    ("location", b"//[01b8:F7]:@/"),
    ("node-name", b"[2001:db8::7]@"),
    ("callback", b"http://[::1]:@/"),
    ("control-headers", b"[::1]@"),
    # A name with line breaks would have forged log lines.
    ("node-name", b"cup2\r\nERROR forged\x1b[2J"),
    # So would a host that the URL library accepts unchanged; and a blank is no host.
    ("location", b"//cu\x00p2/x"),
    ("location", b"// "),
    # Codecs of Python that are no text encodings.
    *(("pidf", b'<?xml version="1.0" encoding="%s"?><a/>' % each) for each in CODECS),
    # With a namespace that is no URI, no request could be written.
    ("wsdl", OTHER_SPELLING.replace(OTHER_NAMESPACE, " ").encode()),
    # Numbers too large for a clock, and texts that cannot be encoded.
    ("control-request", b'{"kind": "throttle", "seconds": Infinity}'),
    ("control-request", b'{"kind": "throttle", "seconds": 1%s}' % (b"0" * 400)),
    ("control-request", b'{"kind": "garbage", "body": "\\ud800"}'),
    ("control-request", b'{"kind": "throttle", "path": "a{99999999999}"}'),
)


KEPT = tuple((name, data) for name in targets() for data in found(name))


@pytest.mark.parametrize(("target", "data"), [*FOUND, *KEPT])
def test_found_inputs_are_handled(target: str, data: bytes) -> None:
    targets()[target].run(data)
