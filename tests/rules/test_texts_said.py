"""What texts of a rule say by what is rendered, and what of it is tracked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from homeassistant.core import State
from homeassistant.exceptions import TemplateError
import pytest

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules import texts as module
from custom_components.cisco_unified_presence.rules.condition_inputs import quiet
from custom_components.cisco_unified_presence.rules.presence_choice import PresenceChoice
from custom_components.cisco_unified_presence.rules.rule import Rule
from custom_components.cisco_unified_presence.rules.texts import RuleTexts, TextsResult
from custom_components.cisco_unified_presence.rules.truth import TruthValue
from tests.common.rules import rule

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TRUE, FALSE, UNKNOWN = TruthValue.TRUE, TruthValue.FALSE, TruthValue.UNKNOWN
AWAY = RequestedPresence(Presence.AWAY, override=True)
STATES = (
    State("select.mode", "busy", {"other": "away", "unknown": "unknown"}),
    State("select.gone", "unavailable", {"other": "away"}),
    State("select.unknown", "unknown"),
    State("sensor.end", "2026-11-20T15:00:00+00:00", {"next": "2026-11-20T13:00:00+00:00"}),
)


def busy(note: str | None = None) -> RequestedPresence:
    return RequestedPresence(Presence.BUSY, override=True, note=note)


def with_texts(presence: Any = "busy", **texts: Any) -> Rule:
    """Return a rule with templates, which are validated elsewhere."""
    made = rule()
    for key, each in ({"presence": PresenceChoice.of(presence)} | texts).items():
        object.__setattr__(made, key, each)
    return made


def info(result: object = "", **read: Any) -> Any:
    usual = {
        "entities": set(),
        "domains": set(),
        "domains_lifecycle": set(),
        "all_states": False,
        "all_states_lifecycle": False,
        "has_time": False,
    }
    return SimpleNamespace(result=lambda: result, **{**usual, **read})


class Around:
    """Templates that render what a test says, and what is tracked of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.templates: dict[str, Any] = {}
        self.rendered: list[tuple[str, dict[str, Any], bool]] = []
        self.told: list[object] = []
        self.listener: Callable[[object], None] | None = None
        monkeypatch.setattr(module, "Template", self._template)
        monkeypatch.setattr(module, "async_track_state_change_filtered", self._track)
        monkeypatch.setattr(module, "async_track_time_change", self._track_minutes)
        monkeypatch.setattr("homeassistant.util.dt.DEFAULT_TIME_ZONE", UTC)
        states = {each.entity_id: each for each in STATES}
        self.hass: Any = SimpleNamespace(states=SimpleNamespace(get=states.get))

    def _template(self, text: str, hass: object) -> Any:
        assert hass is self.hass
        self.told.append(("made", text))

        def render(variables: Any, *, parse_result: bool, log_fn: Any) -> Any:
            assert log_fn is quiet
            self.rendered.append((text, dict(variables), parse_result))
            found = self.templates[text]
            if isinstance(found, Exception):
                raise found
            return found if hasattr(found, "has_time") else info(found)

        return SimpleNamespace(async_render_to_info=render)

    def _track(self, _hass: object, states: Any, listener: Any) -> Any:
        self.listener = listener
        self._note(states)
        return SimpleNamespace(
            async_update_listeners=self._note, async_remove=lambda: self.told.append("removed")
        )

    def _note(self, states: Any) -> None:
        self.told.append((states.all_states, sorted(states.entities), sorted(states.domains)))

    def _track_minutes(self, _hass: object, listener: Any, **when: int) -> Any:
        assert when == {"second": 0}
        self.listener = listener
        self.told.append("minutes")
        return lambda: self.told.append("no minutes")

    def texts(self, of: Rule) -> RuleTexts:
        return RuleTexts(self.hass, of)

    def said(self, of: Rule, event: Any = None) -> tuple[TextsResult, dict[str, str]]:
        texts = self.texts(of)
        return texts.async_render(texts.async_variables(None), event, NOON), texts.errors

    def taken(self) -> list[object]:
        taken = [each for each in self.told if not (isinstance(each, tuple) and each[0] == "made")]
        self.told.clear()
        return taken


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    return Around(monkeypatch)


def no_presence(why: str, value: TruthValue = UNKNOWN) -> TextsResult:
    return TextsResult(value, failing=(f"presence: {why}",))


MODE = "select.mode"


@pytest.mark.parametrize(
    ("presence", "expected"),
    [
        ("busy", TextsResult(TRUE, busy())),
        ("own", TextsResult(TRUE)),
        ({"entity_id": MODE}, TextsResult(TRUE, busy())),
        ({"entity_id": MODE, "attribute": "other"}, TextsResult(TRUE, AWAY)),
        ({"entity_id": "select.gone", "attribute": "other"}, TextsResult(TRUE, AWAY)),
        ({"entity_id": MODE, "attribute": "none"}, no_presence("select.mode is unknown")),
        ({"entity_id": MODE, "attribute": "unknown"}, no_presence("select.mode is unknown")),
        ({"entity_id": "select.gone"}, no_presence("select.gone is unavailable")),
        ({"entity_id": "select.unknown"}, no_presence("select.unknown is unknown")),
        ({"entity_id": "select.missing"}, no_presence("select.missing is missing")),
        (
            {"entity_id": MODE, "map": {"focus": "busy"}},
            no_presence("“busy” is not in the map", FALSE),
        ),
        (
            {"entity_id": MODE, "map": {"busy": {"presence": "away", "note": "Lunch"}}},
            TextsResult(TRUE, RequestedPresence(Presence.AWAY, override=True, note="Lunch")),
        ),
    ],
)
def test_what_a_presence_says(around: Around, presence: Any, expected: TextsResult) -> None:
    assert around.said(with_texts(presence)) == (expected, {})
    assert around.rendered == []


@pytest.mark.parametrize(
    ("value", "expected", "is_error"),
    [
        (" busy\n", TextsResult(TRUE, busy()), False),
        ("", no_presence("it names none", FALSE), False),
        ("on", None, True),
        ("True", None, True),
        ("YES", None, True),
        ("off", None, False),
    ],
)
def test_what_a_template_chooses(
    around: Around, value: str, expected: TextsResult | None, *, is_error: bool
) -> None:
    around.templates["{{ p }}"] = value
    result, errors = around.said(with_texts("{{ p }}"), {"summary": "x"})
    if expected:
        assert result == expected
    else:
        assert result.value is FALSE
        assert result.failing[0].startswith(f"presence: “{value}” is none")
    assert list(errors) == (["presence"] if is_error else [])
    assert around.rendered == [("{{ p }}", {"event": {"summary": "x"}}, False)]
    mapped = {"template": "{{ p }}", "map": {"x": "busy"}}
    assert around.said(with_texts(mapped))[1] == {}


def test_a_presence_that_fails_is_not_known(around: Around) -> None:
    around.templates["{{ p }}"] = TemplateError("it fails")
    assert around.said(with_texts("{{ p }}")) == (
        no_presence("it fails"),
        {"presence": "it fails"},
    )


@pytest.mark.parametrize(
    ("value", "note"),
    [
        (" At work ", "At work"),
        ("x" * 141, "x" * 140),
        ("", None),
        ("None", None),
        ("UNKNOWN", None),
        ("unavailable", None),
        ("x\ud83d", "x?"),
    ],
)
def test_what_a_note_says(around: Around, value: str, note: str | None) -> None:
    around.templates["{{ n }}"] = value
    assert around.said(with_texts(note="{{ n }}")) == (TextsResult(TRUE, busy(note)), {})
    # What is no template is said as it is.
    plain = with_texts(note="none")
    assert around.said(plain)[0].requested == busy("none")
    map_note = {"entity_id": MODE, "map": {"busy": {"presence": "busy", "note": "{{ n }}"}}}
    assert around.said(with_texts(map_note, note="other"))[0].requested == busy(note)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (None, (None, True)),
        ("2026-11-20T14:00:00+00:00", (NOON + 2 * HOUR, True)),
        ({"entity_id": "sensor.end"}, (NOON + 3 * HOUR, True)),
        ({"entity_id": "sensor.end", "attribute": "next"}, (NOON + HOUR, True)),
        ({"entity_id": "sensor.end", "attribute": "none"}, (None, False)),
        ({"entity_id": MODE}, (None, True)),
        ({"entity_id": "select.gone"}, (None, False)),
        ({"entity_id": "sensor.missing"}, (None, False)),
        ("{{ 2026-11-20T13:00:00+00:00 }}", (NOON + HOUR, True)),
        ("{{ never }}", (None, True)),
        ("{{ unknown }}", (None, False)),
        ("{{ unavailable }}", (None, False)),
    ],
)
def test_what_an_end_says(
    around: Around, until: Any, expected: tuple[datetime | None, bool]
) -> None:
    if isinstance(until, str):
        around.templates[until] = until.strip("{ }")
    result, errors = around.said(with_texts(until=until))
    assert (result.until, result.is_end_known) == expected
    assert (result.value, result.requested, errors) == (TRUE, busy(), {})


def test_texts_that_fail_leave_the_others(around: Around) -> None:
    around.templates = {"{{ n }}": TemplateError("no note"), "{{ u }}": TemplateError("no end")}
    texts = around.texts(with_texts(note="{{ n }}", until="{{ u }}"))
    result = texts.async_render({}, None, NOON)
    assert result == TextsResult(TRUE, busy(), is_end_known=False)
    assert texts.errors == {"note": "no note", "until": "no end"}
    texts.async_variables(None)
    assert texts.errors == {}


def test_variables_are_rendered_one_after_the_other(around: Around) -> None:
    around.templates = {"{{ a }}": 3, "{{ b }}": TemplateError("it fails"), "{{ c }}": "x"}
    variables = {
        "plain": "text",
        "number": "{{ a }}",
        "broken": "{{ b }}",
        "listed": ["{{ c }}", {"each": "{{ a }}"}, 7, None],
    }
    texts = around.texts(with_texts(variables=variables))
    person = {"name": "Anna"}
    before = {"person": person, "plain": "text", "number": 3, "broken": None}
    assert texts.async_variables(person) == {**before, "listed": ["x", {"each": 3}, 7, None]}
    assert texts.errors == {"variables.broken": "it fails"}
    assert around.rendered[0] == ("{{ a }}", {"person": person, "plain": "text"}, True)
    assert around.rendered[-1] == ("{{ a }}", before, True)
    # Each template is made once.
    assert [each for each in around.told if each == ("made", "{{ a }}")] == [("made", "{{ a }}")]
    assert "person" not in texts.async_variables(None)


def test_what_is_rendered_is_tracked(around: Around) -> None:
    around.templates = {
        "{{ v }}": info(1, entities={"light.v"}, domains={"light"}),
        "{{ n }}": info("x", domains_lifecycle={"switch"}),
    }
    texts = around.texts(
        with_texts({"entity_id": MODE}, variables={"v": "{{ v }}"}, note="{{ n }}")
    )

    def render() -> None:
        texts.async_render(texts.async_variables(None), None, NOON)
        texts.async_update_tracking()

    # Nobody asks for it yet.
    render()
    assert texts.entities == {"light.v", MODE}
    assert around.taken() == []
    changes: list[str] = []
    texts.async_track(lambda: changes.append("changed"))
    render()
    assert around.taken() == [(False, ["light.v", MODE], ["light", "switch"])]
    assert around.listener
    around.listener(None)
    assert changes == ["changed"]

    around.templates["{{ n }}"] = info("x", has_time=True)
    around.templates["{{ v }}"] = info(1)
    for _ in range(2):
        render()
    assert around.taken() == [(False, [MODE], []), "minutes", (False, [MODE], [])]
    around.listener(None)
    assert len(changes) == 2
    for every in ("all_states", "all_states_lifecycle"):
        around.templates["{{ n }}"] = info("x", entities={"light.n"}, **{every: True})
        render()
        assert around.taken()[0] == (True, [], [])
    assert texts.entities == {MODE, "light.n"}
    around.templates["{{ n }}"] = info("x", has_time=True)
    render()
    assert around.taken() == [(False, [MODE], []), "minutes"]

    texts.async_stop()
    assert around.taken() == ["removed", "no minutes"]
    texts.async_stop()
    assert around.taken() == []
    around.listener(None)
    assert len(changes) == 2
    render()
    assert around.taken() == []
