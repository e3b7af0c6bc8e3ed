"""A sample of an answer, fit for a bug report: its shape without anybody's words."""

import re

MAX_SAMPLE = 1500

# What tells something about the protocol and nothing about people.
_HARMLESS = re.compile(
    r"urn:[\w:.-]+|true|false|open|closed|active|idle|manual|basic|rich|[A-Z]{3,12}"
    r"|\d(\.\d+)?|UTF-8|utf-8|cisco-[a-z]+|pws-[a-z]+|Presence Web Service|Human"
)
_TEXT = re.compile(r">([^<>]+)<")
_ATTRIBUTE = re.compile(r"""=\s*("[^"]*"|'[^']*')""")


def redacted(sample: str) -> str:
    """Return a sample with every text and every value of an attribute hidden, but known words."""
    hidden = _TEXT.sub(lambda found: f">{_hide(found[1])}<", sample)
    hidden = _ATTRIBUTE.sub(lambda found: f'="{_hide(found[1][1:-1])}"', hidden)
    return hidden[:MAX_SAMPLE]


def _hide(text: str) -> str:
    stripped = text.strip()
    return text if not stripped or _HARMLESS.fullmatch(stripped) else "…"
