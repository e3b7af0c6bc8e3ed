"""The report that a person can attach to an issue: one file, without names and addresses."""

from collections import Counter
from collections.abc import Sequence

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
        *(line for each in results if (line := _line(each, anonymizer))),
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


def _line(result: Result, anonymizer: Anonymizer) -> str:
    """Return a result, empty where the case does not apply."""
    if result.outcome is Outcome.NOT_APPLICABLE:
        return ""
    detail = f": {anonymizer.text(result.detail)}" if result.detail else ""
    return f"- {result.case.label} ({result.spoken}): {result.outcome}{detail}"
