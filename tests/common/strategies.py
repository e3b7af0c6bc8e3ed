"""Strategies of hypothesis for presences, requests, outcomes and records."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from custom_components.cisco_unified_presence.arbitration import (
    ManualSetting,
    Outcome,
    Overruled,
    RequestedPresence,
    RuleRequest,
    Source,
)
from custom_components.cisco_unified_presence.control.record import PersonRecord, PublishedPresence
from custom_components.cisco_unified_presence.pws import Presence

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

moments = st.integers(-3600, 3600).map(lambda seconds: NOW + timedelta(seconds=seconds))
words = st.sampled_from([word for word in Presence if word is not Presence.UNKNOWN])
requested_presences = st.builds(
    RequestedPresence, words, st.booleans(), st.none() | st.text(min_size=1, max_size=5)
)
manual_settings = st.builds(ManualSetting, requested_presences, moments, st.none() | moments)
outcomes = st.builds(
    Outcome, st.sampled_from([Source.RULE, Source.MANUAL]), st.text(), requested_presences
)
overruled_outcomes = st.builds(Overruled, outcomes, until=st.none() | moments)
published_presences = st.builds(
    PublishedPresence, requested_presences, moments, st.text(), st.none() | words
)
records = st.builds(
    PersonRecord,
    manual=st.none() | manual_settings,
    overruled=st.none() | overruled_outcomes,
    winner=st.none() | outcomes,
    published=st.none() | published_presences,
    unsure=st.booleans(),
    losses=st.lists(moments, max_size=3).map(tuple),
)


@st.composite
def request_lists(draw: st.DrawFn) -> list[RuleRequest]:
    """Return requests of different rules, each with an order of its own."""
    count = draw(st.integers(0, 5))
    orders = draw(st.permutations(range(count)))
    return [
        RuleRequest(
            rule_id=f"rule{number}",
            name=f"Rule {number}",
            requested=draw(requested_presences),
            priority=draw(st.integers(-2, 2)),
            order=order,
            insist=draw(st.booleans()),
            since=draw(moments),
            until=draw(st.none() | moments),
        )
        for number, order in enumerate(orders)
    ]
