"""Rules 7 to 9: the effects of logging in and out."""

from custom_components.cisco_unified_presence.pws import Session
from custom_components.cisco_unified_presence.pws.exchange import Request
from custom_components.cisco_unified_presence.pws.soap_request import Call
from custom_components.cisco_unified_presence.pws.xml import field_anywhere

from .case import Needs, Table
from .elements import element, written
from .expecting import holds, refused, same
from .running import another_application
from .stage import Stage

TABLE = Table(5)


@TABLE.case(7, disturbs=True)
async def logging_in_makes_a_person_available(stage: Stage) -> None:
    await stage.person()
    await stage.shows("AVAILABLE")


@TABLE.case(7, disturbs=True, needs=Needs.CLIENTS)
async def logging_out_makes_a_person_unavailable(stage: Stage) -> None:
    person = await stage.person()
    await stage.shows("AVAILABLE")
    await stage.dialect.log_out(person)
    stage.forget(person.name)
    await stage.shows("UNAVAILABLE")


@TABLE.case(8)
async def the_application_user_takes_its_end_users_along(stage: Stage) -> None:
    application, watcher = await stage.application(), await stage.watcher()
    await stage.dialect.log_out(application)
    stage.forget()
    await refused(stage, stage.dialect.poll(watcher, [stage.contact], rich=False), 101)


@TABLE.case(9)
async def an_unforced_login_hands_back_the_valid_key(stage: Stage) -> None:
    application, watcher = await stage.application(), await stage.watcher()
    again = await stage.dialect.log_in(application.name, stage.target.password)
    holds(again.key == application.key, "the application user's key is another one")
    watcher_again = await stage.dialect.log_in_end_user(watcher.name, application)
    holds(watcher_again.key == watcher.key, "the end user's key is another one")


@TABLE.case(9, disturbs=True)
async def a_forced_login_of_the_application_user_kills_its_old_key(stage: Stage) -> None:
    old = await stage.application()
    password = stage.target.password
    answer = await stage.raw.send(
        None,
        Request(
            "PUT",
            f"/users/{old.name}/session",
            body=written(element("session", element("password", text=password))),
        ),
        Call("login", {"username": old.name, "password": password, "force": "true"}),
    )
    assert answer is not None
    new = Session(old.name, field_anywhere(answer, "sessionKey") or "")
    stage.remember(new)
    holds(new.key and new.key != old.key, "the key is still the same")
    await refused(stage, stage.dialect.register_endpoint(old, stage.url, 3600), 101)
    endpoint = await stage.endpoint()
    await stage.dialect.unregister_endpoint(new, endpoint)


@TABLE.case(9, disturbs=True)
async def a_forced_login_of_an_end_user_kills_its_old_key(stage: Stage) -> None:
    application, old = await stage.application(), await stage.watcher()
    answer = await stage.raw.send(
        application if stage.is_rest else None,
        Request("PUT", f"/users/{old.name}/session"),
        Call(
            "login",
            {"username": old.name, "app-session-id": application.key, "force": "true"},
        ),
    )
    assert answer is not None
    new = Session(old.name, field_anywhere(answer, "sessionKey") or "")
    stage.remember(new)
    holds(new.key and new.key != old.key, "the key is still the same")
    await refused(stage, stage.dialect.poll(old, [stage.contact], rich=False), 101)
    same((await stage.poll()).contact, stage.contact, "contact seen with the new key")


@TABLE.case(9, needs=Needs.ACCOUNT)
async def a_user_logged_in_elsewhere_is_not_taken_over(stage: Stage) -> None:
    await stage.watcher()
    async with another_application(stage) as other:
        await refused(stage, other.watcher(), 160)
