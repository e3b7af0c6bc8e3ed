"""What a configuration may hold, and what is said of one that cannot be used."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
import pytest

from cup_simulator.budget import Budget
from cup_simulator.configuration import (
    DEFAULT,
    ApplicationUser,
    Configuration,
    ConfigurationError,
    ConfiguredNode,
    ConfiguredPerson,
    parse_configuration,
    read_configuration,
)
from cup_simulator.model import Activity, Presence, Status
from cup_simulator.tls import TlsSettings

SMALL = """
domain: example.com
application_users:
  hass: {password: simulator}
people:
  user1: {name: First User}
  user2: {name: Second User, presence: BUSY, note: Lunch}
  user3:
"""


def test_the_file_of_the_documentation() -> None:
    assert parse_configuration(SMALL) == Configuration(
        domain="example.com",
        application_users={"hass": ApplicationUser("simulator")},
        people=(
            ConfiguredPerson("user1", "First User"),
            ConfiguredPerson("user2", "Second User", Status(Presence.BUSY, note="Lunch")),
            ConfiguredPerson("user3", "user3"),
        ),
    )


def test_a_person_may_be_on_the_phone() -> None:
    found = parse_configuration(SMALL.replace("note: Lunch", "activities: [on-the-phone]"))
    assert found.people[1].status == Status(Presence.BUSY, (Activity.ON_THE_PHONE,))


def test_everything_that_may_be_said() -> None:
    found = parse_configuration(
        SMALL
        + """
translate: {BUSY: AWAY, VACATION: AWAY}
limits: {endpoints: 3, subscriptions: 0}
refuse_callback_ports: [5000]
backup_server: node2.example.com
federated:
  partner@other.example: {name: Partner, presence: BUSY, note: Abroad}
  guest@other.example:
tls: {shows: [cup-ECDSA], versions: ["1.2", "1.3"]}
workers: 20
budget: {requests: 50}
"""
    )

    assert found.translation == {Presence.BUSY: Presence.AWAY, Presence.VACATION: Presence.AWAY}
    assert (found.endpoint_limit, found.subscription_limit) == (3, 0)
    assert found.refused_ports == {5000}
    assert found.backup_server == "node2.example.com"
    assert found.tls == TlsSettings(shows=("cup-ECDSA",), versions=("1.2", "1.3"))
    assert found.workers == 20
    assert found.budget == Budget(requests=50)
    assert found.federated == (
        ConfiguredPerson("partner@other.example", "Partner", Status(Presence.BUSY, note="Abroad")),
        ConfiguredPerson("guest@other.example", "guest@other.example"),
    )


def test_the_default() -> None:
    assert DEFAULT.domain == "example.com"
    assert DEFAULT.application_users["hass"].password == "simulator"
    assert [each.user for each in DEFAULT.people] == [
        *(f"user{number}" for number in range(1, 7)),
        "watcher",
    ]


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("", "the file must be a mapping"),
        (f"{SMALL}tls: {{shows: [cups]}}", "tls.shows must list one or more of cup, cup-ECDSA"),
        (f"{SMALL}tls: {{versions: 1.3}}", "tls.versions must be a list"),
        (f"{SMALL}tls: {{versions: [1.3]}}", "tls.versions must be a text"),
        (f"{SMALL}tls: {{show: [cup]}}", "tls has an unknown key show"),
        (f"{SMALL}workers: many", "workers must be a number"),
        (f"{SMALL}sharing: 1", "sharing must be true or false"),
        (f"{SMALL}budget: {{requests: many}}", "budget.requests must be a number"),
        (f"{SMALL}budget: {{memory: 1}}", "budget"),
        ("- a", "the file must be a mapping"),
        ("a: [", "not YAML: "),
        ("!!python/object:os.system {}", "not YAML: "),
        (SMALL.replace("domain: example.com", ""), "domain must be a text"),
        (SMALL.replace("example.com", "a b"), "domain must not have a space, / or @ in it: 'a b'."),
        (SMALL.replace("people", "peple"), "the file has an unknown key peple; known are appl"),
        (SMALL.replace("{password: simulator}", "{}"), "application_users.hass.password must be"),
        (
            SMALL.replace("simulator}", "1234}"),
            "application_users.hass.password must be a text; put",
        ),
        (
            SMALL.replace("hass: {password: simulator}", "{}"),
            "application_users needs at least one",
        ),
        (SMALL.replace("password:", "pass:"), "application_users.hass has an unknown key pass"),
        (SMALL.replace("user3:", "1003:"), "a name in people must be a text; put numbers"),
        (SMALL.replace("user3:", "USER1:"), "people.USER1 is there twice"),
        (SMALL.replace("user3:", "user3: AWAY"), "people.user3 must be a mapping"),
        (SMALL.replace("BUSY", "busy"), "people.user2.presence must be one of AVAILABLE, BUSY,"),
        (SMALL.replace("BUSY", "UNKNOWN"), "people.user2.presence must be one of"),
        (SMALL.replace("BUSY", "[]"), "people.user2.presence must be one of"),
        (SMALL.replace("presence: BUSY, ", ""), "people.user2.note needs people.user2.presence"),
        (SMALL.replace("Lunch", "12"), "people.user2.note must be a text"),
        (
            SMALL.replace("presence: BUSY, note: Lunch", "activities: [meeting]"),
            "people.user2.activities needs people.user2.presence",
        ),
        (
            SMALL.replace("note: Lunch", "activities: [busy]"),
            "Each of people.user2.activities must be one of on-the-phone, meeting.",
        ),
        (SMALL.replace("First User", "on"), "people.user1.name must be a text"),
        (SMALL + "translate: {BUSY: LATE}", "translate.BUSY must be one of"),
        (SMALL + "translate: {LATE: BUSY}", "a word in translate must be one of"),
        (SMALL + "limits: {endpoints: -1}", "limits.endpoints must be a number, 0 or more."),
        (SMALL + "limits: {endpoints: yes}", "limits.endpoints must be a number, 0 or more."),
        (SMALL + "limits: {subscriptions: a}", "limits.subscriptions must be a number"),
        (SMALL + "limits: {people: 1}", "limits has an unknown key people"),
        (SMALL + "refuse_callback_ports: 80", "refuse_callback_ports must be a list of port"),
        (SMALL + "refuse_callback_ports: [0]", "refuse_callback_ports must be a list of port"),
        (SMALL.replace("Lunch", r'"a\nb"'), "people.user2.note must be one line without control"),
        (SMALL + "backup_server: 1", "backup_server must be a text"),
        (SMALL + "federated: [a@b]", "federated must be a mapping"),
        (SMALL + "federated: {a: }", "federated.a must be user@domain, in another domain."),
        (SMALL + "federated: {a@Example.com: }", "federated.a@Example.com must be user@domain, in"),
        (SMALL + "federated: {a@b: , A@B: }", "federated.A@B is there twice; upper and lower"),
        (SMALL + "federated: {a@b: {node: x}}", "federated.a@b has an unknown key node; known"),
        (SMALL + "federated: {a@b: {presence: LATE}}", "federated.a@b.presence must be one of"),
        (SMALL + "nodes: [a]", "nodes must be a mapping"),
        (SMALL + "nodes: {}", "nodes needs at least one node."),
        (SMALL + "nodes: {a b: {}}", "a name in nodes must not have a space"),
        (SMALL + "nodes: {a: {port: 1}}", "nodes.a has an unknown key port; known are backup,"),
        (SMALL + "nodes: {a: {host: 1}}", "nodes.a.host must be a text"),
        (SMALL + "nodes: {a: {http_port: x}}", "nodes.a.http_port must be a number, 0 to 65535."),
        (SMALL + "nodes: {a: {https_port: 65536}}", "nodes.a.https_port must be a number, 0 to"),
        (SMALL + "nodes: {a: {epas_port: -1}}", "nodes.a.epas_port must be a number, 0 to 65535."),
        (SMALL + "nodes: {a: {backup: a}, b: }", "nodes.a.backup must be another of the nodes."),
        (SMALL + "nodes: {a: {backup: b}}", "nodes.a.backup must be another of the nodes."),
        (SMALL + "nodes: {a: }\nbackup_server: b", "backup_server is for a single node; give"),
        (SMALL.replace("First User", "x, node: b"), "people.user1.node must be one of node1."),
        (SMALL.replace("First User", "x, contacts: [a]"), "people.user1.contacts must be a mapp"),
        (SMALL.replace("First User", "x, contacts: {1: []}"), "a group in people.user1.contacts"),
        (
            SMALL.replace("First User", "x, contacts: {T: user2}"),
            "people.user1.contacts.T must be a list of contacts.",
        ),
        (
            SMALL.replace("First User", "x, contacts: {T: [1]}"),
            "a contact in people.user1.contacts.T must be a text",
        ),
        (
            SMALL.replace("First User", "x, contacts: {T: [a@b@c]}"),
            "people.user1.contacts.T must hold users or user@domain, not 'a@b@c'.",
        ),
    ],
)
def test_what_cannot_be_used(text: str, about: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        parse_configuration(text)

    assert str(raised.value).startswith(about)
    assert "simulator" not in str(raised.value)


def test_nodes_homes_and_contacts() -> None:
    found = parse_configuration("""
domain: example.com
application_users: {hass: {password: simulator}}
nodes:
  alpha: {backup: beta}
  beta: {host: 127.0.0.1, http_port: 0, https_port: 65535, epas_port: 1, backup: alpha}
  gamma:
people:
  user1: {node: beta, contacts: {Team: [user2, user3@example.org], Others: []}}
  user2:
""")

    assert found.nodes == (
        ConfiguredNode("alpha", backup="beta"),
        ConfiguredNode("beta", "127.0.0.1", 0, 65535, 1, "alpha"),
        ConfiguredNode("gamma"),
    )
    first, second = found.people
    assert (first.node, second.node) == ("beta", None)
    assert first.contacts == {"Team": ("user2@example.com", "user3@example.org"), "Others": ()}
    assert second.contacts == {}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["domain", "application_users", "people", "limits", "hass"]), inner
            )
        ),
    ).map(str)
)
def test_anything_is_read_or_refused(text: str) -> None:
    try:
        found = parse_configuration(text)
    except ConfigurationError as error:
        assert str(error).endswith(".")  # noqa: PT017 - either outcome is right
    else:
        assert found.domain


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "cup.yaml"
    file.write_text(SMALL, encoding="utf-8")

    assert read_configuration(file) == parse_configuration(SMALL)


@pytest.mark.parametrize("content", [None, b"\xff", b"domain: 1"])
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "cup.yaml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"^/.*cup\.yaml.*\.$"):
        read_configuration(file)
