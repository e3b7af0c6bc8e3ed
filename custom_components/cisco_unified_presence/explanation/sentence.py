"""A situation as one sentence."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from .situation import Besides, Kind, Note, Phase, Situation
from .texts import Texts

# Home Assistant refuses longer states.
MAX_SENTENCE: Final = 255

_RELEASES: Final = {Besides.RELEASE_REFUSED, Besides.RELEASE_WAITS}
_OF_RULE: Final = {Kind.RULE, Kind.OWN_BY_RULE}


def sentence_of(situation: Situation, texts: Texts) -> str:
    """Return the sentence; what has no room is left out, the least important first."""
    notes = [note_text(note, texts) for note in situation.notes]
    bare = _main(situation, texts)
    mains = [bare]
    if situation.kind in _OF_RULE:
        facts = [texts.fact(fact) for fact in situation.facts]
        mains = [*(_because(bare, each, texts) for each in _beginnings(facts)), bare]
    tries = chain(
        (_joined(mains[0], each) for each in _beginnings(notes)),
        (_joined(main, []) for main in mains),
    )
    longest = _joined(bare, [])
    fitting = (each for each in tries if len(each) <= MAX_SENTENCE)
    return next(fitting, f"{longest[: MAX_SENTENCE - 1]}…")


def _beginnings(parts: list[str]) -> Iterator[list[str]]:
    """Yield all parts, and ever fewer of them, the last of which is left out first."""
    while parts:
        yield parts
        parts = parts[:-1]


def _joined(main: str, notes: list[str]) -> str:
    return f"{'; '.join((main, *notes))}."


def _because(main: str, facts: list[str], texts: Texts) -> str:
    return texts.say("because", clause=main, facts=texts.all_of(facts))


def _main(situation: Situation, texts: Texts) -> str:  # noqa: PLR0911 (a table)
    match situation.kind:
        case Kind.SERVER_AWAY | Kind.UNREAD:
            return "; ".join(_not_known(situation, texts))
        case Kind.RULE:
            return _by_rule(situation, texts)
        case Kind.MANUAL:
            return f"{_with_end(situation, texts)}, {_setting(situation, texts)}"
        case Kind.OVERRULED:
            return texts.say(
                "overruled", lead=_lead(situation, texts), what=_what(situation, texts)
            )
        case Kind.REFUSED | Kind.LIMITED | Kind.PENDING | Kind.DEVICE_REPORTS | Kind.OTHER_WORD:
            at = texts.at(situation.at) if situation.at else ""
            key = situation.kind.value
            request = _request(situation, texts)
            return texts.say(key, lead=_lead(situation, texts), request=request, at=at)
        case Kind.OWN_BY_RULE:
            lead = _lead(situation, texts)
            return texts.say("own_by_rule", lead=lead, rule=situation.rule or "")
        case Kind.RELEASING if any(note.kind in _RELEASES for note in situation.notes):
            return _lead(situation, texts)
        case kind:
            return texts.say(kind.value, lead=_lead(situation, texts))


def _lead(situation: Situation, texts: Texts) -> str:
    return texts.say(f"is_{situation.shown or 'unknown'}", person=situation.person)


def _with_end(situation: Situation, texts: Texts) -> str:
    lead = _lead(situation, texts)
    return f"{lead} {texts.until(situation.until)}" if situation.until else lead


def _by_rule(situation: Situation, texts: Texts) -> str:
    rule = situation.rule or ""
    if situation.phase is Phase.TRUE or situation.phase_ends is None:
        return texts.say("by_rule", lead=_with_end(situation, texts), rule=rule)
    at = texts.at(situation.phase_ends)
    lead = _lead(situation, texts)
    return texts.say(f"by_rule_{situation.phase}", lead=lead, rule=rule, at=at)


def _setting(situation: Situation, texts: Texts) -> str:
    at = texts.at(situation.since) if situation.since else ""
    if situation.set_by:
        return texts.say("set_by", who=situation.set_by, at=at)
    return texts.say("set", at=at)


def _request(situation: Situation, texts: Texts) -> str:
    """Return who requests what, as a clause."""
    presence = texts.presence(situation.requested or "")
    if situation.rule:
        return texts.say("rule_requests", rule=situation.rule, presence=presence)
    if situation.set_by:
        return texts.say("person_requests", who=situation.set_by, presence=presence)
    return texts.say("setting_requests", presence=presence)


def _what(situation: Situation, texts: Texts) -> str:
    """Return what has been overruled."""
    presence = texts.presence(situation.requested or "")
    if situation.rule:
        return texts.say("overruled_rule", rule=situation.rule, presence=presence)
    return texts.say("overruled_setting", presence=presence)


def _not_known(situation: Situation, texts: Texts) -> Iterator[str]:
    is_away = situation.kind is Kind.SERVER_AWAY
    key = "server_away" if is_away else "is_unknown"
    yield texts.say(key, person=situation.person)
    if situation.requested:
        yield _request(situation, texts)


def note_text(note: Note, texts: Texts) -> str:  # noqa: PLR0911 (a table)
    """Return what is true besides, as a clause."""
    facts = texts.all_of(texts.fact(fact) for fact in note.facts)
    match note.kind:
        case Besides.YIELDS:
            return texts.say("yields", rule=note.rule, own=texts.presence(note.own))
        case Besides.NONE_HOLDS:
            return texts.say("none_holds", count=str(note.count))
        case Besides.NOT_FOLLOWING:
            return texts.say("not_following")
        case Besides.PAUSED | Besides.RULE_PAUSED:
            told = texts.say(note.kind.value, **({"rule": note.rule} if note.rule else {}))
            return f"{told} {texts.until(note.at)}" if note.at else told
        case Besides.RELEASE_REFUSED | Besides.RELEASE_WAITS:
            return texts.say(note.kind.value, at=texts.at(note.at) if note.at else "")
        case Besides.BEGINS | Besides.NOT_TRUE:
            at = {"at": texts.at(note.at)} if note.at else {}
            clause = texts.say(note.kind.value, rule=note.rule, **at)
            return texts.say("because", clause=clause, facts=facts) if facts else clause
        case Besides.ENDED:
            at_word = texts.at(note.at) if note.at else ""
            return texts.say("ended", rule=note.rule, at=at_word)
        case Besides.AT_MOST_OVER | Besides.RESTS:
            return texts.say(note.kind.value, rule=note.rule)
