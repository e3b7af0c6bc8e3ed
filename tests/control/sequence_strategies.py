"""What is drawn for a sequence of events: rules, people, groups, times."""

from datetime import timedelta

from hypothesis import strategies as st

from bench.working_week.scenario import WORDS, PlannedRule
from tests.control.running_installation import GROUPS, ROOMS, USERS

# Anna may be in this group as well.
MIXED = ("anna", "desk")

users = st.sampled_from(USERS)
numbers = st.integers(0, ROOMS - 1)
moments = st.sampled_from([0.0, 0.01, 0.06, 0.11, 0.16, 0.3, 2.0])
seconds = st.sampled_from([0.05, 0.3, 1, 4, 5, 8, 31, 65, 400, 1000, 3700, 5500])
lasting = st.none() | st.sampled_from([timedelta(seconds=20), timedelta(minutes=90)])
# A person, or a group.
whom = st.sampled_from((*USERS, *GROUPS))
members = st.lists(st.sampled_from((*USERS, *GROUPS)), max_size=3).map(tuple)
pausing = st.tuples(st.none() | whom, st.none() | numbers)
yields = st.sampled_from(["", "", "do_not_disturb", "offline"]).map(
    lambda own: frozenset(own.split())
)
jumps = st.sampled_from([-3600.0, -600.0, 600.0, 3600.0, 86400.0])


@st.composite
def plans(draw: st.DrawFn, number: int) -> PlannedRule:
    """Return a rule of this room."""
    return PlannedRule(
        number=number,
        people=draw(st.sampled_from([USERS, USERS[:1], USERS[1:], GROUPS[:1], GROUPS, MIXED])),
        presence=draw(st.sampled_from(WORDS)),
        before=timedelta(seconds=draw(st.sampled_from([0, 0, 30]))),
        after=timedelta(seconds=draw(st.sampled_from([0, 0, 60]))),
        at_most=None,
        priority=draw(st.sampled_from([0, 10])),
        insist=draw(st.booleans()),
        hours=None,
        yields_to=draw(yields),
        beats_manual=draw(st.sampled_from([False, False, True])),
        for_each=draw(st.booleans()),
    )
