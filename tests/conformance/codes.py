"""Section 6: the codes of logins and of presence. Refused requests are visible to no watcher.

Where the reference leaves room between two codes, either passes.
"""

from custom_components.cisco_unified_presence.pws import Session
from custom_components.cisco_unified_presence.pws.exchange import Request
from custom_components.cisco_unified_presence.pws.soap_request import Call
from custom_components.cisco_unified_presence.pws.soap_writer import Fields

from .case import Table
from .elements import element, written
from .expecting import refused
from .stage import HOUR, Stage

TABLE = Table(6)

_EXPIRY = {"Presence-Expiry": str(HOUR)}


async def _look(stage: Stage, session: Session | None, kind: str = "basic") -> None:
    contact = {"contactURI": stage.contact}
    contacts: Fields = {"contact": [contact]}
    fields: Fields = {"presenceType": f"{kind.upper()}_PRESENCE", "contactsList": contacts}
    path = f"/users/{stage.target.watcher}/presence/{kind}/contacts/{stage.contact}"
    await stage.raw.send(session, Request("GET", path), Call("getPolledPresence", fields))


@TABLE.case(100)
async def no_session_key(stage: Stage) -> None:
    await refused(stage, _look(stage, None), 100)


@TABLE.case(101)
async def invalid_session_key(stage: Stage) -> None:
    await refused(stage, _look(stage, Session(stage.target.watcher, "no-such-key")), 101)


@TABLE.case(102)
async def xml_unreadable(stage: Stage) -> None:
    if stage.is_rest:
        path = f"/users/{stage.target.application_user}/sessions"
        sending = stage.raw.send(
            None, Request("POST", path, body=b"<session><pass"), Call("logout")
        )
    else:
        language = await stage.raw.language()
        body = language.write(Call("logout"), None)[:-10]
        sending = stage.raw.post(body, language.headers("logout"))
    await refused(stage, sending, 102)


@TABLE.case(103)
async def wrong_root(stage: Stage) -> None:
    if stage.is_rest:
        path = f"/users/{stage.target.application_user}/sessions"
        body = written(element("sitting", element("password", text="none")))
        sending = stage.raw.send(None, Request("POST", path, body=body), Call("logout"))
    else:
        sending = stage.raw.post_operation(element("{urn:cisco:cup:presence:soap}sing"))
    await refused(stage, sending, 103)


@TABLE.case(110)
async def bad_presence_type(stage: Stage) -> None:
    await refused(stage, _look(stage, await stage.watcher(), "sideways"), 110)


async def _log_in(stage: Stage, user: str, password: str) -> None:
    body = written(element("session", element("password", text=password)))
    await stage.raw.send(
        None,
        Request("POST", f"/users/{user}/sessions", body=body),
        Call("login", {"username": user, "password": password, "force": "false"}),
    )


@TABLE.case(111)
async def empty_password(stage: Stage) -> None:
    await refused(stage, _log_in(stage, stage.target.application_user, ""), 111)


@TABLE.case(112)
async def bad_login_type(stage: Stage) -> None:
    # This service takes no passwords of end users.
    await refused(stage, _log_in(stage, stage.target.watcher, "none"), 112, 114)


@TABLE.case(113)
async def unknown_end_user(stage: Stage) -> None:
    logging_in = stage.dialect.log_in_end_user("no-such-user", await stage.application())
    await refused(stage, logging_in, 113, 114)


@TABLE.case(113)
async def unknown_application_user(stage: Stage) -> None:
    await refused(stage, _log_in(stage, "no-such-user", "none"), 113, 114)


@TABLE.case(114)
async def wrong_password(stage: Stage) -> None:
    await refused(stage, _log_in(stage, stage.target.application_user, "not this one"), 114)


async def _set_basic(stage: Stage, word: str, override: str = "true") -> None:
    watcher = await stage.watcher()
    headers = {**_EXPIRY, "Presence-Override": override}
    body = written(element("presence", text=word))
    info: Fields = {"override": override, "basicPresence": word}
    await stage.raw.send(
        watcher,
        Request("PUT", f"/users/{watcher.name}/presence/basic", headers, body),
        Call(
            "setPresence",
            {"presenceType": "BASIC_PRESENCE", "expiration": str(HOUR), "presenceInfo": info},
        ),
    )


@TABLE.case(115)
async def no_presence_word(stage: Stage) -> None:
    await refused(stage, _set_basic(stage, ""), 115)


@TABLE.case(120)
async def presence_data_refused(stage: Stage) -> None:
    await refused(stage, _set_basic(stage, "SLEEPY"), 120)


@TABLE.case(121)
async def available_with_override(stage: Stage) -> None:
    await refused(stage, _set_basic(stage, "AVAILABLE"), 121)


@TABLE.case(122)
async def dnd_without_override(stage: Stage) -> None:
    await refused(stage, _set_basic(stage, "DND", "false"), 122)


@TABLE.case(125)
async def bad_override_value(stage: Stage) -> None:
    await refused(stage, _set_basic(stage, "BUSY", "perhaps"), 125)


@TABLE.case(140)
async def an_end_user_is_needed(stage: Stage) -> None:
    application = await stage.application()
    await refused(stage, stage.subscription(session=application), 140)


@TABLE.case(141)
async def an_application_user_is_needed(stage: Stage) -> None:
    watcher = await stage.watcher()
    registering = stage.dialect.register_endpoint(watcher, stage.url, HOUR)
    await refused(stage, registering, 141)
