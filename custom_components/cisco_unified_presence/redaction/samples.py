"""Samples of answers for bug reports: the structure without the texts."""

from collections.abc import Iterator
import re

MAX_SAMPLE = 1500

# Tells something about the protocol and nothing about people.
_HARMLESS = re.compile(
    r"urn:[\w:.-]+|true|false|open|closed|active|idle|manual|basic|rich|[A-Z]{3,12}"
    r"|\d(\.\d+)?|UTF-8|utf-8|cisco-[a-z]+|pws-[a-z]+|Presence Web Service|Human"
)
# A whole tag; what looks like one within other text is text.
_TAG = re.compile(
    r"""<[?!/]?[A-Za-z][\w:.-]*(?:\s+[\w:.-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*\s*[?/]?>"""
)
_ATTRIBUTE = re.compile(r"""=\s*("[^"]*"|'[^']*')""")
_MARKS = re.compile("[<>`]")
_WORDS = re.compile(r"\w[\w.@:+-]*")


def redacted(sample: str) -> str:
    """Return a sample with texts and attribute values hidden, except words of the protocol."""
    return "".join(_hidden_parts(sample))[:MAX_SAMPLE]


def _hidden_parts(sample: str) -> Iterator[str]:
    """Yield the tags of a sample without their values, and the hidden texts between them.

    A sample that does not begin like a document is treated as text: what its brackets hold is
    unknown.
    """
    if not sample.lstrip().startswith("<"):
        yield _hide_words(sample)
        return
    position = 0
    for tag in _TAG.finditer(sample):
        yield _hide_text(sample[position : tag.start()])
        yield _ATTRIBUTE.sub(lambda value: f'="{_hide(value[1][1:-1])}"', tag[0])
        position = tag.end()
    yield _hide_text(sample[position:])


def _hide_text(text: str) -> str:
    """Hide a text; of what could be a malformed or truncated tag, the marks stay."""
    return _hide_words(text) if _MARKS.search(text) else _hide(text)


def _hide_words(text: str) -> str:
    """Hide each word, and backticks, which would end the code block that shows the sample."""
    return _WORDS.sub(lambda word: _hide(word[0]), text).replace("`", "'")


def _hide(text: str) -> str:
    stripped = text.strip()
    return text if not stripped or _HARMLESS.fullmatch(stripped) else "…"
