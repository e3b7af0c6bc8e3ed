"""What fuzzing has found, so that it is not found again."""

import pytest

from tests.pws.soap_wire import OTHER_NAMESPACE, OTHER_SPELLING

from .targets import targets

CODECS = (b"base64", b"undefined", b"rot13", b"idna", b"punycode", b"unicode_escape")

FOUND = (
    # A redirection to an address without a scheme was no error of ours.
    ("location", b"//cup2/x"),
    # A name with somebody before it, and none after.
    ("location", b"//cu@/x"),
    # What cannot be an address could not be told of either.
    ("location", b"https://[2001:d\x00b8::7]:8083/presence-service/users/anna/session"),
    # Brackets before an @ and no host after it: the URL library itself fell over them.
    ("location", b"//[01b8:F7]:@/"),
    ("node-name", b"[2001:db8::7]@"),
    ("callback", b"http://[::1]:@/"),
    ("control-headers", b"[::1]@"),
    # A name of several lines would have been several lines of the log.
    ("node-name", b"cup2\r\nERROR forged\x1b[2J"),
    # So would have been a host that the URL library takes as it is, and a blank is none at all.
    ("location", b"//cu\x00p2/x"),
    ("location", b"// "),
    # What Python takes for an encoding, and is none of texts.
    *(("pidf", b'<?xml version="1.0" encoding="%s"?><a/>' % each) for each in CODECS),
    # A namespace that is no URI made every request impossible.
    ("wsdl", OTHER_SPELLING.replace(OTHER_NAMESPACE, " ").encode()),
    # Numbers that no clock can reckon with, and texts that no answer can carry.
    ("control-request", b'{"kind": "throttle", "seconds": Infinity}'),
    ("control-request", b'{"kind": "throttle", "seconds": 1%s}' % (b"0" * 400)),
    ("control-request", b'{"kind": "garbage", "body": "\\ud800"}'),
    ("control-request", b'{"kind": "throttle", "path": "a{99999999999}"}'),
)


@pytest.mark.parametrize(("target", "data"), FOUND)
def test_what_was_found_stays_mended(target: str, data: bytes) -> None:
    targets()[target].run(data)
