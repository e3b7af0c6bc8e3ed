"""Answers of a real server, written by hand from the reference."""

from .byte_server import Reply, http

APPLICATION_KEY = "4a7d1ed4-14474e40-33bb-11ea-8d71-362b9e155667"
USER_KEY = "9f86d081-884c7d65-9a2f-eaa0-c55a-d015a3bf4f1b"

FIRST_FETCH = b"""<?xml version="1.0" encoding="UTF-8"?>
<presenceList type="basic">
    <contact contactURI="anna@example.com" presenceStatus="AVAILABLE"/>
    <contact contactURI="ben@example.com" presenceStatus="UNKNOWN"/>
</presenceList>
"""

RICH_ANNA = b"""<presence xmlns="urn:ietf:params:xml:ns:pidf"
        xmlns:r="urn:cisco:params:xml:ns:pidf:rpid"
        xmlns:ci="urn:ietf:params:xml:ns:pidf:cipid"
        xmlns:sc="urn:ietf:params:xml:ns:pidf:servcaps" entity="sip:anna@example.com">
    <ci:display-name>Anna Example</ci:display-name>
    <r:person id="anna">
        <r:activities><r:busy/><r:meeting/><r:user-input>idle</r:user-input></r:activities>
        <r:class>manual</r:class>
        <note>Custom DND</note>
    </r:person>
    <tuple id="Jabber1234">
        <status><basic>open</basic></status>
        <contact priority="0.8">sip:anna@example.com</contact>
        <source xmlns="urn:cisco:params:xml:ns:pidf:source">Jabber</source>
        <r:activities><r:available/><r:phone-status>on-hook</r:phone-status></r:activities>
        <r:user-input>active</r:user-input>
        <sc:servcaps><sc:text>true</sc:text><sc:type>desk</sc:type></sc:servcaps>
        <note>at the desk</note>
    </tuple>
    <tuple id="phone">
        <status><basic>closed</basic></status>
    </tuple>
</presence>"""


def login_answer(key: str, *, backup: str = "") -> bytes:
    """Return the body that answers a login."""
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b"<session><sessionKey>%s</sessionKey>"
        b"<backupServer>%s</backupServer></session>" % (key.encode(), backup.encode())
    )


def logged_in_application() -> Reply:
    """Return the answer to the application user's login."""
    return http(201, login_answer(APPLICATION_KEY))


def logged_in_user(key: str = USER_KEY) -> Reply:
    """Return the answer to an end user's login."""
    return http(201, login_answer(key))


def description(code: int, message: str, fix: str = "Do better") -> bytes:
    """Return an error's body as a real server writes it, blank line included."""
    escaped = message.replace("&", "&amp;").replace("<", "&lt;")
    return f"""<?xml version="1.0" encoding="UTF-8"?>

    <description xmlns="urn:cisco:cup:presence:soap">
        <code>{code}</code>
        <message>{escaped}</message>
        <fix>{fix}</fix>
    </description>
""".encode()


def fault(status: int, code: int, message: str = "Something") -> Reply:
    """Return an error."""
    return http(status, description(code, message))
