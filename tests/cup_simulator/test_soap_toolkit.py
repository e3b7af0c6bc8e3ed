"""An ordinary SOAP toolkit works from the WSDL document alone. Reference: "SOAP"."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import zeep
from zeep.transports import Transport

from cup_simulator import Simulator

from .soap_wire import PATH, PRESENCE
from .wire import Callback, Wire

PIDF = (
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:user1@example.com">'
    '<person xmlns="urn:cisco:params:xml:ns:pidf:rpid" id="user1">'
    "<activities><dnd/></activities><note>On air</note></person>"
    '<tuple id="pws-override"><status><basic>open</basic></status>'
    '<source xmlns="urn:cisco:params:xml:ns:pidf:source">Presence Web Service</source>'
    "</tuple></presence>"
)


class Toolkit:
    """What an application made with the toolkit does; it blocks, so it has a thread."""

    def __init__(self, address: str, session: requests.Session) -> None:
        client = zeep.Client(f"{address}?wsdl", transport=Transport(session=session))
        self.service = client.bind("PresenceSoapService")

    def login(self, user: str, **how: object) -> dict[str, str]:
        """Log a user in; return the header block for its requests."""
        answer = self.service.login(username=user, **how)
        assert answer.redirect is None
        return {"session-key": answer.success["session-key"]}

    def enter(self, user: str) -> tuple[dict[str, str], dict[str, str]]:
        """Log the application user and an end user in; return both header blocks."""
        application = self.login("hass", password="simulator")
        how = {"app-session-id": application["session-key"]}
        return application, self.login(user, **how)

    def contacts(self, *users: str) -> dict[str, list[dict[str, str]]]:
        return {"contact": [{"contactURI": f"{user}@example.com"} for user in users]}

    def words(self, answer: Any) -> dict[str, str]:
        """Return basic presence by contact."""
        assert answer.type == "basic"
        return {each.contactURI: each.presenceStatus for each in answer.contact}


type Work[Result] = Callable[[Toolkit], Result]


class Worker:
    """Runs what an application does in a thread of its own, beside the simulator."""

    def __init__(self, address: str, pool: ThreadPoolExecutor) -> None:
        self._address = address
        self._pool = pool

    async def does[Result](self, work: Work[Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._run, work)

    def _run[Result](self, work: Work[Result]) -> Result:
        with requests.Session() as session:
            return work(Toolkit(self._address, session))


@pytest.fixture
def worker(simulator: Simulator) -> Iterator[Worker]:
    with ThreadPoolExecutor(1) as pool:
        yield Worker(f"http://127.0.0.1:{simulator.ports.http}{PATH}", pool)


async def test_it_subscribes_fetches_and_unsubscribes(
    worker: Worker, wire: Wire, callback: Callback
) -> None:
    def subscribe(toolkit: Toolkit) -> dict[str, str]:
        application, watcher = toolkit.enter("watcher")
        endpoint = toolkit.service.registerEndPoint(
            url=callback.url, endPointID=0, expiration=3600, _soapheaders=application
        )
        renewed = toolkit.service.registerEndPoint(
            url="", endPointID=endpoint, expiration=7200, _soapheaders=application
        )
        assert renewed == endpoint
        subscription = toolkit.service.subscribe(
            subscriptionID=0,
            subscriptionType="PRESENCE_NOTIFICATION",
            endPointID=endpoint,
            expiration=3600,
            contactsList=toolkit.contacts("user1", "user2"),
            _soapheaders=watcher,
        )
        assert (endpoint, subscription) == (1, 1)
        return watcher

    watcher = await worker.does(subscribe)
    assert await callback.next() == "GET /cb?id=1&eventType=PRESENCE_NOTIFICATION HTTP/1.1"

    def fetch(toolkit: Toolkit) -> dict[str, str]:
        return toolkit.words(
            toolkit.service.getSubscribedPresence(
                subscriptionID=1, presenceType="BASIC_PRESENCE", _soapheaders=watcher
            )
        )

    assert await worker.does(fetch) == {
        "user1@example.com": "AVAILABLE",
        "user2@example.com": "BUSY",
    }
    await wire.choose("user1", "DND")
    assert await callback.next()
    assert await worker.does(fetch) == {"user1@example.com": "DND"}

    def change(toolkit: Toolkit) -> None:
        service = toolkit.service
        more = toolkit.contacts("user3")
        assert service.subscribe(subscriptionID=1, contactsList=more, _soapheaders=watcher) == 1
        fewer = {"subscriptionID": 1, "contactsList": toolkit.contacts("user1", "user2")}
        removed = service.unsubscribe(unsubscribeRequest=fewer, _soapheaders=watcher)
        assert removed == "SUCCESS"

    await worker.does(change)
    assert (await wire.state())["subscriptions"][0]["contacts"] == ["user3@example.com"]
    assert await worker.does(fetch) == {"user3@example.com": "UNAVAILABLE"}

    def leave(toolkit: Toolkit) -> None:
        service = toolkit.service
        application = toolkit.login("hass", password="simulator")
        every = {"subscriptionID": 1, "unsubscribeAll": True}
        service.unsubscribe(unsubscribeRequest=every, _soapheaders=watcher)
        assert service.unregisterEndPoint(endPointID=1, _soapheaders=application) == "SUCCESS"
        assert service.logout(_soapheaders=application) == "SUCCESS"

    await worker.does(leave)
    state = await wire.state()
    assert [state[each] for each in ("sessions", "endpoints", "subscriptions")] == [[], [], []]


async def test_it_sets_and_polls(worker: Worker, wire: Wire) -> None:
    def work(toolkit: Toolkit) -> None:
        _, user = toolkit.enter("user1")

        def set_presence(kind: str, **info: object) -> None:
            status = toolkit.service.setPresence(
                presenceType=kind, expiration=3600, presenceInfo=info, _soapheaders=user
            )
            assert status == "SUCCESS"

        def poll(kind: str) -> Any:
            return toolkit.service.getPolledPresence(
                presenceType=kind,
                contactsList=toolkit.contacts("user1", "user2"),
                _soapheaders=user,
            )

        set_presence("BASIC_PRESENCE", override=True, basicPresence="AWAY")
        assert toolkit.words(poll("BASIC_PRESENCE")) == {
            "user1@example.com": "AWAY",
            "user2@example.com": "BUSY",
        }
        set_presence("RICH_PRESENCE", override=True, richPresence=PIDF)
        first, second = poll("RICH_PRESENCE").contact
        notes = [each._value_1.findtext(".//{*}note") for each in (first, second)]
        assert notes == ["On air", "Lunch"]

    await worker.does(work)
    person = (await wire.state())["people"][0]
    assert (person["presence"], person["note"]) == ("DND", "On air")


async def test_a_fault_is_an_exception_with_its_code(worker: Worker) -> None:
    def work(toolkit: Toolkit) -> str | None:
        _, user = toolkit.enter("user1")
        with pytest.raises(zeep.exceptions.Fault, match="DND cannot be set") as raised:
            toolkit.service.setPresence(
                presenceType="BASIC_PRESENCE",
                expiration=3600,
                presenceInfo={"override": False, "basicPresence": "DND"},
                _soapheaders=user,
            )
        code: str | None = raised.value.detail.findtext(f".//{{{PRESENCE}}}code")
        return code

    assert await worker.does(work) == "122"


async def test_a_throttled_request_is_an_exception_too(worker: Worker, wire: Wire) -> None:
    await wire.control(
        "POST", "/control/faults", {"kind": "throttle", "method": "POST", "path": "/soap/login"}
    )

    def work(toolkit: Toolkit) -> None:
        with pytest.raises(zeep.exceptions.Fault, match="Max cpu utilization reached"):
            toolkit.login("hass", password="simulator")

    await worker.does(work)
