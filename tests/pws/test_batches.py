"""Polling many contacts, and removing many."""

from collections.abc import Sequence
from urllib.parse import unquote

import pytest

from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    CannotRemoveContacts,
    ContactPresence,
    DialectMode,
    InvalidRequest,
    NoSuchSubscription,
    Presence,
    PresenceClient,
    UnknownUser,
)
from custom_components.cisco_unified_presence.pws.batches import Ask, poll_many

from . import soap_wire, wire
from .byte_server import ByteServer, Received, Reply, http
from .conftest import MakeClient
from .soap_wire import NO_DESCRIPTION, body_of, enveloped, logged_in

BUSY, UNKNOWN = Presence.BUSY, Presence.UNKNOWN


@pytest.fixture
async def soap(server: ByteServer, make_client: MakeClient) -> PresenceClient:
    """A client that speaks SOAP, with anna logged in."""
    client = make_client(server.port, dialect=DialectMode.SOAP)
    server.will(NO_DESCRIPTION, logged_in("app"), logged_in("user"))
    await client.log_in_user("anna")
    server.received.clear()
    return client


@pytest.fixture
async def rest(server: ByteServer, client: PresenceClient) -> PresenceClient:
    """A client that speaks REST, with anna logged in."""
    server.will(wire.logged_in_application(), wire.logged_in_user())
    await client.log_in_user("anna")
    server.received.clear()
    return client


def asked(request: Received) -> list[str]:
    """Return the contacts that a request names."""
    return [part.partition('"')[0] for part in body_of(request).split('contactURI="')[1:]]


def told(contacts: Sequence[str]) -> Reply:
    """Return an answer that tells of these contacts."""
    inside = "".join(f'<contact contactURI="{c}" presenceStatus="BUSY"/>' for c in contacts)
    return enveloped(f"<r><presenceList>{inside}</presenceList></r>")


async def test_over_soap_in_one_call(server: ByteServer, soap: PresenceClient) -> None:
    server.will(told(["c@x", "A@x"]))
    assert await soap.poll_contacts("anna", ["a@x", "b@x", "c@x", "a@x"]) == [
        ContactPresence("A@x", BUSY),
        ContactPresence("b@x", UNKNOWN),
        ContactPresence("c@x", BUSY),
        ContactPresence("A@x", BUSY),
    ]
    (request,) = server.received
    assert asked(request) == ["a@x", "b@x", "c@x"]
    assert "BASIC_PRESENCE" in body_of(request)


async def test_over_soap_in_parts(server: ByteServer, soap: PresenceClient) -> None:
    async def tell(request: Received) -> Reply:
        return told(asked(request))

    server.handler = tell
    contacts = [f"{n}@x" for n in range(450)]
    seen = await soap.poll_contacts("anna", contacts, rich=True)
    assert [one.contact for one in seen] == contacts
    assert sorted(len(asked(request)) for request in server.received) == [50, 200, 200]
    assert "RICH_PRESENCE" in body_of(server.received[0])


async def test_over_rest_one_by_one(server: ByteServer, rest: PresenceClient) -> None:
    faults = {"bad@x": wire.fault(400, 124), "bad@y": wire.fault(404, 113)}

    async def tell(request: Received) -> Reply:
        contact = unquote(request.line.rpartition("/")[2])
        said = f'<contact contactURI="{contact}" presenceStatus="BUSY"/>'
        told_of = http(200, f"<presenceList>{said}</presenceList>".encode())
        return faults.get(contact, told_of)

    server.handler = tell
    contacts = ["bad@x", *(f"{n}@x" for n in range(10)), "bad@y"]
    seen = await rest.poll_contacts("anna", contacts)
    assert [one.contact for one in seen] == contacts
    assert [one.presence for one in seen] == [UNKNOWN, *[BUSY] * 10, UNKNOWN]
    assert len(server.received) == 12
    assert len({request.connection for request in server.received}) <= 4


async def test_no_contacts_are_no_request(server: ByteServer, rest: PresenceClient) -> None:
    assert await rest.poll_contacts("anna", []) == []
    assert server.received == []


async def test_unknown_watcher_is_raised(server: ByteServer, client: PresenceClient) -> None:
    server.will(wire.logged_in_application(), wire.fault(404, 113))
    with pytest.raises(UnknownUser) as error:
        await client.poll_contacts("anna", ["a@x"])
    assert error.value.user == "anna"


@pytest.mark.parametrize("names_it", [True, False])
async def test_one_bad_contact_does_not_hide_the_others(
    server: ByteServer, soap: PresenceClient, *, names_it: bool
) -> None:
    async def tell(request: Received) -> Reply:
        contacts = asked(request)
        if "bad@x" in contacts:
            return soap_wire.fault(143, "bad@x is bad" if names_it else "Bad")
        return told(contacts)

    server.handler = tell
    seen = await soap.poll_contacts("anna", ["a@x", "b@x", "bad@x", "c@x"])
    assert [one.presence for one in seen] == [BUSY, BUSY, UNKNOWN, BUSY]
    assert len(server.received) == (3 if names_it else 5)


async def test_answer_without_the_contacts_that_were_asked_for(
    server: ByteServer, soap: PresenceClient
) -> None:
    server.will(told(["x@x", "y@x"]), told([]))
    with pytest.raises(AnswerNotUnderstood, match="does not speak of"):
        await soap.poll_contacts("anna", ["a@x", "b@x"])
    with pytest.raises(AnswerNotUnderstood, match="does not speak of"):
        await soap.poll_contact("anna", "a@x")


async def test_a_failure_is_told_as_it_is(server: ByteServer, rest: PresenceClient) -> None:
    async def refuse(_: Received) -> Reply:
        return wire.fault(400, 102)

    server.handler = refuse
    with pytest.raises(InvalidRequest) as error:
        await rest.poll_contacts("anna", [f"{n}@x" for n in range(10)])
    assert error.value.code == 102


@pytest.fixture
def strange() -> tuple[list[str], Ask]:
    """The contacts that were asked for, and a way to ask of which only 0@x is understood."""
    asked_for: list[str] = []

    async def ask(batch: Sequence[str]) -> list[ContactPresence]:
        asked_for.extend(batch)
        if batch[0] != "0@x":
            raise AnswerNotUnderstood("it is strange", "<strange/>" * 1000)
        return [ContactPresence(batch[0], BUSY)]

    return asked_for, ask


async def test_polling_ends_when_no_answer_is_understood(strange: tuple[list[str], Ask]) -> None:
    asked_for, ask = strange
    with pytest.raises(AnswerNotUnderstood, match="strange"):
        await poll_many(ask, [f"{n}@x" for n in range(1, 20)], 1)
    # The sixth failure ends it; the other three of four at once have asked by then.
    assert len(asked_for) == 9


async def test_polling_goes_on_when_one_answer_is_understood(
    strange: tuple[list[str], Ask],
) -> None:
    _, ask = strange
    seen = await poll_many(ask, [f"{n}@x" for n in range(20)], 1)
    assert [each.presence for each in seen] == [BUSY, *[UNKNOWN] * 19]
    unreadable = seen[19].unreadable
    assert unreadable is not None
    assert (unreadable.detail, len(unreadable.sample)) == ("it is strange", 2000)


async def test_no_answer_of_a_few_is_understood(strange: tuple[list[str], Ask]) -> None:
    asked_for, ask = strange
    with pytest.raises(AnswerNotUnderstood, match="strange"):
        await poll_many(ask, ["1@x", "2@x"], 1)
    assert asked_for == ["1@x", "2@x"]


async def test_contacts_cannot_be_removed_over_rest(
    server: ByteServer, rest: PresenceClient
) -> None:
    assert not rest.can_remove_contacts("anna")
    with pytest.raises(CannotRemoveContacts):
        await rest.remove_contacts("anna", 10, ["a@x"])
    await rest.remove_contacts("anna", 10, [])
    assert server.received == []


@pytest.mark.parametrize("names_it", [True, False])
async def test_removing_what_is_not_there(
    server: ByteServer, soap: PresenceClient, *, names_it: bool
) -> None:
    removed: list[str] = []

    async def remove(request: Received) -> Reply:
        contacts = asked(request)
        if "gone@x" in contacts:
            return soap_wire.fault(144, "gone@x is not there" if names_it else "Not there")
        removed.extend(contacts)
        return soap_wire.succeeded("unsubscribe")

    server.handler = remove
    assert soap.can_remove_contacts("anna")
    await soap.remove_contacts("anna", 10, ["a@x", "gone@x", "b@x"])
    assert sorted(removed) == ["a@x", "b@x"]
    await soap.remove_contacts("anna", 10, [])


async def test_removing_from_what_is_gone(server: ByteServer, soap: PresenceClient) -> None:
    server.will(soap_wire.fault(133))
    with pytest.raises(NoSuchSubscription):
        await soap.remove_contacts("anna", 10, ["a@x"])
    assert len(server.received) == 1


@pytest.mark.parametrize("blamed", [None, "stranger@x", "c@x"])
async def test_a_refused_contact_is_found_whomever_the_server_blames(blamed: str | None) -> None:
    batches: list[tuple[str, ...]] = []

    async def ask(batch: Sequence[str]) -> list[ContactPresence]:
        batches.append(tuple(batch))
        if "c@x" in batch:
            raise UnknownUser(contact=blamed)
        return [ContactPresence(contact, BUSY) for contact in batch]

    contacts = [f"{letter}@x" for letter in "abcd"]
    seen = await poll_many(ask, contacts, 4)
    assert [each.presence for each in seen] == [BUSY, BUSY, UNKNOWN, BUSY]
    found_at_once = blamed == "c@x"
    assert len(batches) == (3 if found_at_once else 5)
