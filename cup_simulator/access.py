"""Sessions by key, and the kind of session that a request needs. Reference: "Error codes"."""

from .errors import Code, PresenceServiceError
from .sessions import Session, SessionKind, Sessions


def session_of(sessions: Sessions, key: str) -> Session:
    """Return the session of a key. Codes: 100, 101."""
    if not key:
        raise PresenceServiceError(Code.NO_SESSION_KEY)
    return sessions.with_key(key)


def session_of_kind(sessions: Sessions, key: str, kind: SessionKind) -> Session:
    """Return the session of a key. Codes: 100, 101, 140, 141."""
    session = session_of(sessions, key)
    require(session, kind)
    return session


def require(session: Session, kind: SessionKind) -> None:
    """Refuse a session of the other kind. Codes: 140, 141."""
    if session.kind is kind:
        return
    if kind is SessionKind.END_USER:
        raise PresenceServiceError(Code.NEEDS_END_USER)
    raise PresenceServiceError(Code.NEEDS_APPLICATION_USER)
