"""The report that a person can attach to an issue: one file, without names and addresses."""

from collections import Counter
from collections.abc import Iterator, Sequence

from .anonymous import LEFT_OUT, Anonymizer
from .running import Outcome, Result
from .target import Target

_ABOUT = f"""\
Made by the suite that compares presence servers with what is known of the protocol. Names,
addresses, domains, keys and fingerprints are left out: of what the server says there are only
words that the suite itself uses, and {LEFT_OUT} for all others. Please read it before you
attach it.
"""


def report(
    results: Sequence[Result],
    seen: Sequence[str],
    target: Target | None,
    anonymizer: Anonymizer,
    *,
    disturb: bool,
) -> str:
    """Return the text of the report; ``seen`` is what the server shows of itself."""
    outcomes = Counter(result.outcome for result in results)
    counted = ", ".join(f"{outcomes[outcome]} {outcome}" for outcome in Outcome)
    lines = [
        "# Report on a presence server",
        "",
        _ABOUT,
        *_circumstances(target, disturb=disturb),
        "",
        f"## Results: {counted}",
        "",
        *_lines(results, anonymizer),
        "",
        "## What the server shows of itself",
        "",
        *seen,
        "",
    ]
    return "\n".join(lines)


def _circumstances(target: Target | None, *, disturb: bool) -> list[str]:
    if target is None:
        return ["- Server: the simulator of this repository"]
    given = {
        "HTTPS": target.https,
        "HTTP": target.http,
        "callback URL": target.callback_url,
        "federated contact": target.federated,
        "contact service": target.contact_service,
    }
    return [
        "- Server: a real one",
        f"- Given: {', '.join(name for name, value in given.items() if value) or 'nothing'}",
        f"- Cases that people notice: {'run' if disturb else 'left out'}",
    ]


def _lines(results: Sequence[Result], anonymizer: Anonymizer) -> Iterator[str]:
    """Yield differences first; dialects in which a case ends alike stand in one line."""
    spoken: dict[tuple[Outcome, str], list[str]] = {}
    for each in results:
        detail = f": {anonymizer.text(each.detail)}" if each.detail else ""
        ended = each.outcome, f"{each.case.label} ({{}}): {each.outcome}{detail}"
        spoken.setdefault(ended, []).append(each.spoken)
    for outcome in Outcome.DIFFERS, Outcome.SKIPPED, Outcome.PASS:
        for (found, line), dialects in spoken.items():
            if found is outcome:
                yield f"- {line.replace('{}', ', '.join(dialects), 1)}"
