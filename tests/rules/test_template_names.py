"""Which names the templates of a rule use."""

from typing import Any

import pytest

from custom_components.cisco_unified_presence.rules.template_names import (
    asks_for_event,
    names_in,
    personal_names,
    texts_in,
)


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("plain", []),
        ("{{ a }}", ["{{ a }}"]),
        ("{% set a = 1 %}", ["{% set a = 1 %}"]),
        (7, []),
        (None, []),
        (
            {"{{ key }}": "{{ a }}", "x": [{"y": ("{{ b }}", "c")}, "{{ d }}"]},
            ["{{ a }}", "{{ b }}", "{{ d }}"],
        ),
    ],
)
def test_the_templates_anywhere_in_a_value(value: object, texts: list[str]) -> None:
    assert list(texts_in(value)) == texts


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("person", set()),
        ("{{ person }}", {"person"}),
        ("{{ person.name }}", {"person", ".name"}),
        ("{{ states.sensor.x.state }}", {"states", ".sensor", ".x", ".state"}),
        (["{{ a }}", {"b": "{{ c(d) }}"}], {"a", "c", "d"}),
        ("{{ 'person' }}", set()),
        ("{{ broken", set()),
        ("{% do a.append(1) %}", {"a", ".append"}),
        ("{% for x in y %}{% if x %}{% break %}{% endif %}{% endfor %}", {"x", "y"}),
        ("{% from 'tools.jinja' import it %}{{ it() }}", {"it"}),
        ("{% from 'tools.jinja' import it with context %}{{ it() }}", {"it", "person"}),
        ("{% import 'tools.jinja' as t with context %}", {"person"}),
        ("{% import 'tools.jinja' as t %}", set()),
        ("{% include 'part.jinja' %}", {"person"}),
        ("{% include 'part.jinja' without context %}", set()),
    ],
)
def test_the_names_that_templates_use(value: Any, names: set[str]) -> None:
    assert names_in(value) == names


def test_variables_that_depend_on_the_person() -> None:
    variables = {
        "before": "{{ mine }}",
        "mine": "{{ person.name }}",
        "after": ["{{ mine }}"],
        "plain": "{{ states('sensor.x') }}",
        "fixed": 7,
    }
    assert personal_names(variables) == {"person", "mine", "after"}
    assert personal_names({}) == {"person"}


@pytest.mark.parametrize(
    ("value", "asks"),
    [
        ("event", False),
        ("{{ event.summary }}", True),
        (["{{ x }}", {"a": "{{ event }}"}], True),
        ("{{ events }}", False),
        ("{{ states.event.door }}", False),
        ("{{ 'event' }}", False),
        ("{% set event = 1 %}{{ event }}", False),
        ("{% for event in x %}{{ event }}{% endfor %}", False),
        ("{{ event", False),
        ("{% do x.append(event) %}", True),
        ("{% for x in event %}{% continue %}{% endfor %}", True),
    ],
)
def test_which_templates_ask_for_the_event(value: object, *, asks: bool) -> None:
    assert asks_for_event(value) is asks
