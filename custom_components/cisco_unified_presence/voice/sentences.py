"""The custom sentences of a language, for the people and groups there are.

Lists and rules of custom sentences belong to the whole language, so their names are prefixed: no
list of Home Assistant's or of the user's is touched.
"""

from collections.abc import Iterator, Mapping
import re
from typing import Any, Final

from .language import IntentType, Language, Phrase, Slots
from .names import NameIndex

PREFIX: Final = "cup_"
END: Final = "<end>"
# Between the ids of several who have the same name.
ANY_OF: Final = "|"

# The parts of a template, and the slots that they fill. Home Assistant itself answers when a `name`
# is in no list.
SLOTS: Final = {
    "person": "name",
    "presence": "presence",
    "group": "group",
    "hours": "hours",
    "minutes": "minutes",
    "hour": "until_hour",
    "minute": "until_minute",
    "half_day": "half_day",
}
RANGES: Final = {"hours": (1, 24), "minutes": (1, 600), "hour": (0, 24), "minute": (0, 59)}
PART: Final = re.compile(r"\{(\w+)\}")


def sentences_of(
    language: Language, folder: str, people: NameIndex, groups: NameIndex
) -> dict[str, Any]:
    """Return the custom sentences of a language as the file in one of its folders holds them."""
    unspecific = [text for each in language.ends if not each.slots for text in each.templates]
    lists = {
        "person": {"values": _named_values(people)},
        "group": {"values": _named_values(groups)},
        "presence": {"values": _word_values(language.presences)},
        "half_day": {"values": _word_values(language.half_days)},
        **{name: {"range": {"from": low, "to": high}} for name, (low, high) in RANGES.items()},
    }
    return {
        "language": folder,
        "lists": {
            f"{PREFIX}{name}": each for name, each in lists.items() if each != {"values": []}
        },
        "expansion_rules": {
            f"{PREFIX}end": f"({'|'.join(map(_with_lists, unspecific))})",
            f"{PREFIX}person": f"[({language.honorifics}) ]{{{PREFIX}person:{SLOTS['person']}}}",
        },
        "intents": {
            intent.value: {
                "data": [
                    block
                    for each in language.sentences[intent]
                    for block in _blocks(each, language, with_groups=bool(groups.spoken))
                ]
            }
            for intent in IntentType
        },
    }


def _blocks(said: Phrase, language: Language, *, with_groups: bool) -> Iterator[dict[str, Any]]:
    templates = [each for each in said.templates if with_groups or "{group}" not in each]
    lasting = [each for each in templates if END in each]
    if templates:
        yield _block([each.replace(END, "") for each in templates], said.slots)
    if not lasting:
        return
    yield _block([each.replace(END, f"<{PREFIX}end>") for each in lasting], said.slots)
    for end in language.ends:
        if end.slots:
            words = "|".join(end.templates)
            yield _block(
                [each.replace(END, f"({words})") for each in lasting], {**said.slots, **end.slots}
            )


def _block(templates: list[str], slots: Slots) -> dict[str, Any]:
    block: dict[str, Any] = {
        "sentences": [" ".join(_with_lists(each).split()) for each in templates]
    }
    return {**block, "slots": dict(slots)} if slots else block


def _with_lists(template: str) -> str:
    with_people = template.replace("{person}", f"<{PREFIX}person>")
    return PART.sub(lambda part: f"{{{PREFIX}{part[1]}:{SLOTS[part[1]]}}}", with_people)


def _named_values(index: NameIndex) -> list[dict[str, str]]:
    return [
        {"in": spelling, "out": ANY_OF.join(sorted(index.meanings[key]))}
        for key, spelling in sorted(index.spoken.items())
    ]


def _word_values(words: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"in": said, "out": meant} for meant, said in words.items()]
