"""Events, restarts, lost notifications and server failures in any sequence, and what they end in.

It is the state that a start from nothing would compute.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta
import shutil
from typing import override

from homeassistant.util import dt as dt_util
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
import pytest

from bench.working_week.scenario import CHOICES, WORDS, Act, PersonStep, PlannedRule
from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.control.record import RENEW_AFTER
from custom_components.cisco_unified_presence.control.write_rate import WITHIN, WRITES
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.states import PRESENCES, STATES
from tests.control.expected_rules import ExpectedDoors, expected_winner
from tests.control.explained import check_claims, is_decided
from tests.control.running_installation import (
    GROUPS,
    NOTICED,
    REST,
    ROOMS,
    USERS,
    RunningInstallation,
)
from tests.control.sequence_strategies import (
    jumps,
    lasting,
    members,
    moments,
    numbers,
    pausing,
    plans,
    seconds,
    users,
)


class AnySequence(RunningInstallation):
    """An installation to which anything may happen."""

    @initialize(
        planned=st.tuples(*(plans(number) for number in range(ROOMS))),
        groups=st.tuples(members, members),
        rich=st.booleans(),
    )
    def begin(
        self,
        planned: tuple[PlannedRule, ...],
        groups: tuple[tuple[str, ...], tuple[str, ...]] = ((), ()),
        *,
        rich: bool,
    ) -> None:
        """Start Home Assistant with these rules and groups."""
        self.server.rich = rich
        if not rich:
            # What a person's own devices make is not known then while something is published.
            planned = tuple(replace(each, yields_to=frozenset()) for each in planned)
        self.prepare(planned, groups)

    # What happens

    @rule(number=numbers, state=st.sampled_from(["on", "on", "off", "unavailable"]))
    def change_room(self, number: int, state: str) -> None:
        """Let a sensor say something else."""
        self.rooms[self.week.rules[number].room] = state
        self._run(self._sense(number))

    @rule(user=users, presence=st.sampled_from(WORDS), lasts=lasting)
    @precondition(lambda self: self.installation)
    def set(self, user: str, presence: str, lasts: timedelta | None) -> None:
        """Set a presence through Home Assistant."""
        until = dt_util.utcnow() + lasts if lasts else None
        if self._act(user, Act.SET, presence, lasts):
            self.manual[user] = [(RequestedPresence(PRESENCES[presence], override=True), until)]
            self.may_be_overruled.discard(user)

    @rule(user=users, times=st.integers(2, 9))
    @precondition(lambda self: self.installation)
    def dither(self, user: str, times: int) -> None:
        """Set one presence after the other through Home Assistant."""
        for number in range(times):
            self.set(user, WORDS[number % len(WORDS)], None)

    @rule(user=users)
    @precondition(lambda self: self.installation)
    def clear(self, user: str) -> None:
        """Clear it through Home Assistant."""
        if self._act(user, Act.CLEAR):
            self.manual[user] = [(None, None)]
            self.may_be_overruled.discard(user)
        else:
            self.manual[user].append((None, None))

    @rule(group=st.sampled_from(GROUPS), presence=st.sampled_from(WORDS), lasts=lasting)
    @precondition(lambda self: self.installation)
    def set_a_group(self, group: str, presence: str, lasts: timedelta | None) -> None:
        """Set a presence of all in a group through Home Assistant."""
        for user in self._in(group):
            self.set(user, presence, lasts)

    @rule(group=st.sampled_from(GROUPS))
    @precondition(lambda self: self.installation)
    def clear_a_group(self, group: str) -> None:
        """Clear what is set for all in a group through Home Assistant."""
        for user in self._in(group):
            self.clear(user)

    @rule(group=st.sampled_from(GROUPS), words=members)
    def change_a_group(self, group: str, words: tuple[str, ...]) -> None:
        """Let others be in a group."""
        self.groups.put(group, words)
        if self.installation:
            self._run(self.installation.put_group(group, words))

    @rule(scope=pausing, lasts=lasting)
    @precondition(lambda self: self.installation)
    def pause(self, scope: tuple[str | None, int | None], lasts: timedelta | None) -> None:
        """Let rules rest."""
        assert self.installation
        until = dt_util.utcnow() + lasts if lasts else None
        word, number = scope
        self._run(self.installation.pause(self._in_scope(word), self._rule_id(number), until))
        self.doors.pause((self._in_scope(word), number), until)

    @rule(scope=pausing)
    @precondition(lambda self: self.installation)
    def resume(self, scope: tuple[str | None, int | None]) -> None:
        """Let rules act again."""
        assert self.installation
        word, number = scope
        self._run(self.installation.resume(self._in_scope(word), self._rule_id(number)))
        self.doors.resume((self._in_scope(word), number))

    @rule(user=users, follows=st.booleans())
    @precondition(lambda self: self.installation)
    def follow_rules(self, user: str, *, follows: bool) -> None:
        """Turn a person's switch on or off."""
        assert self.installation
        self._run(self.installation.follow_rules(user, follows=follows))
        (self.doors.not_following.discard if follows else self.doors.not_following.add)(user)

    @rule(user=users, presence=st.sampled_from(CHOICES))
    def choose(self, user: str, presence: Presence) -> None:
        """Choose a presence in the own client."""
        self.server.choose(user, presence)
        self.may_be_overruled.add(user)

    @rule(number=numbers)
    @precondition(lambda self: self.installation)
    def switch(self, number: int) -> None:
        """Switch a rule on or off."""
        assert self.installation
        self.off ^= {number}
        chosen = self.week.rules[number].id
        self._run(
            self.installation.engine.async_set_enabled(chosen, enabled=number not in self.off)
        )

    @rule(order=st.permutations(range(ROOMS)))
    @precondition(lambda self: self.installation)
    def reload(self, order: list[int]) -> None:
        """Read the same rules in another order."""
        assert self.installation
        self.order = {self.week.rules[number].id: place for place, number in enumerate(order)}
        self._run(self.installation.follow(self._in_order()))

    @rule(wait=seconds)
    def wait(self, wait: float) -> None:
        """Let time pass."""
        self._run(asyncio.sleep(wait))

    # What goes wrong

    @rule(up=st.booleans(), busy=st.booleans(), loses_answers=st.booleans())
    def fail(self, *, up: bool, busy: bool, loses_answers: bool) -> None:
        """Let the server fail in some way, or answer again."""
        self.server.up, self.server.busy, self.server.loses_answers = up, busy, loses_answers

    @rule(silent=st.booleans())
    def lose_notifications(self, *, silent: bool) -> None:
        """Let notifications get lost, and polls too, or come again."""
        self._silent = silent

    @rule()
    def restart_server(self) -> None:
        """Let the server lose all sessions."""
        self.server.lose()

    @rule(pause=seconds)
    @precondition(lambda self: self.installation)
    def restart(self, pause: float) -> None:
        """Stop Home Assistant, and start it again some time later."""
        self._run(self._close())
        self._run(asyncio.sleep(pause))
        self._run(self._open())

    @rule(after=moments, pause=seconds)
    @precondition(lambda self: self.installation)
    def kill(self, after: float, pause: float) -> None:
        """End Home Assistant without a chance to write anything down, and start it again."""
        self._run(self._kill(after))
        self._run(asyncio.sleep(pause))
        self._run(self._open())

    @rule(user=users, presence=st.none() | st.sampled_from(WORDS), after=moments, pause=seconds)
    @precondition(lambda self: self.installation)
    def kill_during_an_action(
        self, user: str, presence: str | None, after: float, pause: float
    ) -> None:
        """Set or clear a presence, and end Home Assistant while that may be under way."""
        act = Act.SET if presence else Act.CLEAR
        step = PersonStep(at=dt_util.utcnow(), user=user, act=act, presence=presence or "busy")
        requested = RequestedPresence(PRESENCES[presence], override=True) if presence else None
        if self._run(self._kill(after, step)):
            self.manual[user] = [(requested, None)]
            self.may_be_overruled.discard(user)
        else:
            self.manual[user].append((requested, None))
        self._run(asyncio.sleep(pause))
        self._run(self._open())

    @rule(by=jumps)
    def correct_the_clock(self, by: float) -> None:
        """Set the machine's clock forward or back."""
        now = dt_util.utcnow()
        self.doors.note_jump()
        for settings_of_user in self.manual.values():
            # What has ended may be forgotten by now, and does not come back with the time.
            if any(until and until <= now for _, until in settings_of_user):
                settings_of_user.append((None, None))
            if by < 0:
                # It ends when it would have ended, if the jump is noticed.
                settings_of_user += [
                    (requested, until + timedelta(seconds=by))
                    for requested, until in settings_of_user
                    if until
                ]
        self._jumped += timedelta(seconds=abs(by))
        self._jumped_at = self._clock.elapsed
        self._clock.jump(by)
        self._steady_from_now()

    @invariant()
    def write_rate_is_respected(self) -> None:
        """Compare with docs/rules.md, rule 19; each run counts from zero."""
        for user, account in self.server.accounts.items():
            written = [
                at
                for at in account.written
                if at >= self._steady_since and at not in self.by_hand[user]
            ]
            for first, last in zip(written, written[WRITES:], strict=False):
                assert last - first >= WITHIN.total_seconds() - 1

    @invariant()
    def what_is_sent_is_stored_first(self) -> None:
        """Compare with docs/rules.md, rule 18."""
        assert not self.not_stored

    @invariant()
    def explanations_agree_with_the_engine(self) -> None:
        """Compare what is told of each person with the rules and their inputs."""
        if self.installation is None or self._clock.elapsed - self._jumped_at < NOTICED:
            # What has ended by a jump of the clock is told until the jump is noticed.
            return
        hass, now = self.installation.hass, dt_util.utcnow()
        known = [hass.states.get(room) for room in self.rooms]
        inputs = {state.name: state.state for state in known if state}
        for user in USERS:
            around = self.installation.circumstances_of(user)
            if is_decided(around):
                check_claims(around, inputs, now)

    @override
    def teardown(self) -> None:
        """Let everything work again, and compare with what a start from nothing computes."""
        try:
            if hasattr(self, "week"):
                self._end()
        finally:
            self.clean_up.close()

    def _end(self) -> None:
        self.fail(up=True, busy=False, loses_answers=False)
        self.lose_notifications(silent=False)
        for number in range(ROOMS):
            room = self.week.rules[number].room
            self.change_room(
                number, "off" if self.rooms[room] == "unavailable" else self.rooms[room]
            )
        self._run(asyncio.sleep(REST))
        for user in USERS:
            self._expect_of(user)
        self._expect_resumed()
        self._expect_groups_to_count()
        self._expect_no_flicker()
        self._expect_the_same_from_nothing()
        self._run(self._close())

    def _expect_of(self, user: str) -> None:
        now = dt_util.utcnow()
        expected = {
            outcome
            for requested, until in self.manual[user]
            for outcome in self._outcomes(user, requested if until is None or until > now else None)
        }
        account = self.server.accounts[user]
        # Nobody sees that the server has lost what the person shows anyway, until it is renewed.
        is_shown = any(each and each.presence is account.own for each in expected)
        if is_shown or user in self.may_be_overruled or self._may_mistake_expiry:
            expected.add(None)
        assert account.published in expected

    def _expect_resumed(self) -> None:
        self.resume((None, None))
        for user in USERS:
            assert self._act(user, Act.CLEAR)
        self._run(asyncio.sleep(REST))
        self._expect_rules()

    def _expect_groups_to_count(self) -> None:
        for group in GROUPS:
            self.change_a_group(group, tuple(set(USERS) - self.groups.people([group])))
        self._run(asyncio.sleep(REST))
        self._expect_rules()

    def _expect_no_flicker(self) -> None:
        before = {user: each.session for user, each in self.server.accounts.items()}
        since = self._clock.elapsed
        self.restart(5)
        self._run(asyncio.sleep(REST))
        for user, account in self.server.accounts.items():
            assert account.session == before[user]
            renewed = [at for at in account.written if at >= since]
            # A jump brings renewals forward: the machine may have slept meanwhile, and what is
            # written before the jump is noticed counts as written before it.
            renew_after = (RENEW_AFTER - self._jumped).total_seconds()
            assert all(at - account.written[-2] >= renew_after for at in renewed)

    def _expect_the_same_from_nothing(self) -> None:
        self._run(self._close())
        shutil.rmtree(self._folder)
        self._folder.mkdir()
        self.off.clear()
        self.doors = ExpectedDoors(USERS, range(ROOMS))
        self._run(self._open())
        self._run(asyncio.sleep(REST))
        self._expect_rules()

    def _expect_rules(self) -> None:
        for user, account in self.server.accounts.items():
            assert {account.published} == self._outcomes(user, None)
            if user not in self.may_linger:
                assert (account.session is None) == (account.published is None)

    def _outcomes(
        self, user: str, manual: RequestedPresence | None
    ) -> frozenset[RequestedPresence | None]:
        """Return what may be published for a person once all is calm."""
        holding = [
            each
            for each in self._in_order()
            if user in self.groups.people(each.people)
            and each.number not in self.off
            and self.rooms[each.room] == "on"
        ]
        own = STATES[self.server.accounts[user].own]
        return frozenset(
            expected_winner((each for each in holding if each.number not in closed), own, manual)
            for closed in self.doors.closed(user, dt_util.utcnow())
        )


@pytest.mark.timeout(600)
def test_it_ends_in_what_a_start_from_nothing_computes() -> None:
    run_state_machine_as_test(
        AnySequence,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
