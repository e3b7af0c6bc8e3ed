"""The fields that say where the server calls back, as options and back."""

from typing import Any

import pytest

from custom_components.cisco_unified_presence.flows.callback_form import (
    errors_in_callback,
    read_callback,
    with_callback,
)


@pytest.mark.parametrize(
    ("typed", "options"),
    [
        ({"callback": "none"}, {"callback": "none"}),
        ({"callback_url": " "}, {}),
        (
            {"callback_url": " http://ha ", "board": True},
            {"callback_url": "http://ha", "board": True},
        ),
    ],
)
def test_a_blank_address_is_left_out(typed: dict[str, Any], options: dict[str, Any]) -> None:
    assert read_callback(typed) == options


@pytest.mark.parametrize(
    ("options", "errors"),
    [
        ({}, {}),
        ({"callback_url": "http://ha:8123"}, {}),
        ({"callback_url": "https://ha"}, {"callback_url": "callback_url_not_http"}),
    ],
)
def test_only_an_address_can_be_wrong(options: dict[str, Any], errors: dict[str, str]) -> None:
    assert errors_in_callback(options) == errors


def test_other_options_stay_and_what_is_left_out_goes() -> None:
    before = {"callback": "port", "callback_url": "http://ha", "callback_port": 1, "board": False}
    assert with_callback(before, {"callback": "none"}) == {"callback": "none", "board": False}
