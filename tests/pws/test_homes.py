"""Where users are homed, and which node serves each home."""

import pytest

from custom_components.cisco_unified_presence.pws.homes import Homes

ONE, TWO, THREE = "one:8083", "two:8083", "three:8083"


@pytest.fixture
def homes() -> Homes:
    """The homes of a deployment whose first node serves the application."""
    return Homes(ONE)


@pytest.mark.parametrize("user", [None, "anna"])
def test_application_home_is_the_default(homes: Homes, user: str | None) -> None:
    assert homes.of(user) is homes.application
    assert homes.application.serving == ONE


def test_assigned_home_until_it_is_forgotten(homes: Homes) -> None:
    home = homes.with_primary(TWO)
    homes.assign("ben", home)
    assert homes.of("ben") is home
    assert homes.of("anna") is homes.application
    homes.forget("ben")
    homes.forget("ben")
    assert homes.of("ben") is homes.application


def test_one_home_for_each_primary_node(homes: Homes) -> None:
    assert homes.with_primary(ONE) is homes.application
    home = homes.with_primary(TWO)
    home.serving = THREE
    assert homes.with_primary(TWO) is home
    assert list(homes) == [homes.application, home]


def test_backup_serves_until_the_primary_does(homes: Homes) -> None:
    homes.with_primary(TWO)
    assert homes.are_on_primaries
    homes.application.serving = TWO
    assert not homes.application.is_on_primary
    assert not homes.are_on_primaries
    homes.application.serving = ONE
    assert homes.are_on_primaries


def test_node_that_serves_two_homes(homes: Homes) -> None:
    home = homes.with_primary(TWO)
    assert homes.served_by(TWO) is home
    assert not homes.serves_others(TWO, home)
    homes.application.serving = TWO
    assert homes.served_by(TWO) is homes.application
    assert homes.served_by(ONE) is None
    assert homes.serves_others(TWO, home)
    assert homes.serves_others(TWO, homes.application)
    assert not homes.serves_others(ONE, homes.application)
