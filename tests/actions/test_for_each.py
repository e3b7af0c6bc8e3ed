"""The error for many people: ten names and a count."""

from typing import Any, cast

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.cisco_unified_presence.actions.for_each import async_for_each
from custom_components.cisco_unified_presence.actions.targets import Target
from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure
from tests.common.pauses import note_pauses
from tests.common.people import people

PEOPLE = [
    Target(each, cast("Any", None)) for each in people(*(f"u{n}@x" for n in range(31))).values()
]


async def test_error_names_ten_people_and_counts_the_others(
    hass: HomeAssistant, loaded: object
) -> None:
    async def fail(_target: Target) -> None:
        raise CannotConnect(ConnectFailure.REFUSED, "cup:8083")

    with pytest.raises(HomeAssistantError) as raised:
        await async_for_each(hass, PEOPLE, fail, "not_set_for")

    text = str(raised.value)
    assert text.count("cup:8083 refused the connection") == 10
    assert text.startswith("u0@x: cup:8083")
    assert text.endswith("; and 21 more people")


@pytest.mark.parametrize(
    ("count", "end"), [(10, "; u9@x: no"), (11, "; u9@x: no; and 1 more people")]
)
async def test_the_eleventh_is_counted(
    hass: HomeAssistant, loaded: object, count: int, end: str
) -> None:
    async def fail(_target: Target) -> None:
        raise HomeAssistantError("no")

    with pytest.raises(HomeAssistantError) as raised:
        await async_for_each(hass, PEOPLE[:count], fail, "not_set_for")
    assert str(raised.value).endswith(end)


async def test_mistake_for_one_person_does_not_keep_the_others_from_being_acted_for(
    hass: HomeAssistant, loaded: object, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    async def act(target: Target) -> None:
        if target.person.key == "u1@x":
            raise KeyError("spam")
        done.append(target.person.key)

    with pytest.raises(HomeAssistantError) as raised:
        await async_for_each(hass, PEOPLE, act, "not_set_for")

    assert len(done) == len(PEOPLE) - 1
    assert str(raised.value) == "u1@x: The request failed: KeyError('spam')"
    assert "Acting for u1@x failed" in caplog.text
    assert "KeyError: 'spam'" in caplog.text


async def test_others_have_their_turn_between_batches(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(_target: Target) -> None:
        """Do nothing."""

    pauses = note_pauses(monkeypatch)
    await async_for_each(hass, PEOPLE[:26], act, "not_set_for")
    assert pauses == [0, 0]
