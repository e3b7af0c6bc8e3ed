"""How names are spoken, and as whom a spoken name is understood.

The conversation agent compares letter by letter and ignores nothing but case, and speech
recognition writes names as it likes. So every name is offered in all of its usual spellings.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile
from typing import Final, Self
import unicodedata

# Words before a name that are no part of it, without their dots.
_TITLES: Final = frozenset(
    [
        "dipl",
        "dott",
        "dottssa",
        "dr",
        "drs",
        "frau",
        "herr",
        "herrn",
        "ing",
        "ir",
        "lic",
        "mag",
        "miss",
        "mlle",
        "mme",
        "mr",
        "mrs",
        "ms",
        "mx",
        "prof",
        "sig",
        "sigra",
        "sir",
        "sr",
        "sra",
    ]
)
_UMLAUTS: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ø": "oe", "Ø": "Oe"}
    | {"å": "aa", "Å": "Aa"}
)
# Letters that Unicode does not take apart.
_PLAIN: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th"}
)
_SHORTEST: Final = 2
# Straight, typographic, and the letter.
APOSTROPHES: Final = "'\u2019\u02bc"


def spellings(name: str) -> tuple[str, ...]:
    """Return how a name may be written, the best first; empty for a name without a letter.

    What is returned consists of letters, digits, spaces, hyphens and apostrophes: it means nothing
    in the syntax of sentences, and punctuation is removed from what is said.
    """
    plain = " ".join("".join(map(_spoken, unicodedata.normalize("NFC", name))).split())
    if sum(map(str.isalnum, plain)) < _SHORTEST:
        return ()
    found = [plain, plain.replace("-", " "), plain.replace("'", "")]
    found += [each.replace("-", " ").replace("'", " ") for each in found]
    found += [each.replace("ß", "ss") for each in found]
    found += [each.translate(_UMLAUTS).replace("ß", "ss") for each in found]
    found += [_without_accents(each) for each in found]
    found = [" ".join(each.split()) for each in found]
    return tuple({each.lower(): each for each in reversed(found)}.values())[::-1]


def full_names(name: str) -> list[str]:
    """Return a name, without what is in brackets, as it is spoken, and without titles."""
    spoken = spoken_name(name)
    return list(dict.fromkeys((name, _without_brackets(name), spoken, " ".join(_bare(spoken)))))


def short_names(name: str) -> list[str]:
    """Return the first names and the last name of a person, that with the titles too."""
    spoken = spoken_name(name)
    words = _bare(spoken)
    if len(words) < 2:  # noqa: PLR2004 (a first and a last name)
        return []
    titles = spoken.split()[: -len(words)]
    family = len(words) - 1
    while family > 1 and words[family - 1].islower():
        family -= 1
    last = " ".join(words[family:])
    found = [words[0], " ".join(words[:family]), last, words[-1]]
    return [*found, " ".join((*titles, last))] if titles else found


class NameIndex:
    """The spellings of all names, and what each of them means.

    Attributes:
        source: The names that were spelled, by id.
        meanings: The ids that a spelling means, by the spelling in lower case.
        spoken: The spellings as they are written, by the same key.
    """

    def __init__(
        self,
        source: Mapping[str, Iterable[str]],
        full: Callable[[str], list[str]],
        short: Callable[[str], list[str]] | None = None,
    ) -> None:
        """Spell names.

        Args:
            source: The names by id.
            full: Makes of a name those that always mean its owner.
            short: Makes of a name those that mean its owner unless they are a full name.
        """
        self.source = source
        self.meanings: dict[str, tuple[str, ...]] = {}
        self.spoken: dict[str, str] = {}
        self._add(full)
        if short:
            self._add(short)

    @classmethod
    def of_people(cls, names: Mapping[str, Iterable[str]]) -> Self:
        return cls(names, full_names, short_names)

    @classmethod
    def of_groups(cls, names: Mapping[str, Iterable[str]]) -> Self:
        return cls(names, full_names)

    def find(self, said: str) -> tuple[str, ...]:
        """Return the ids that a name means: none, one, or several."""
        for each in spellings(said):
            if found := self.meanings.get(each.lower()):
                return found
        return ()

    def _add(self, made_of: Callable[[str], list[str]]) -> None:
        found: dict[str, dict[str, None]] = {}
        for owner, names in self.source.items():
            made = {each for name in names for each in made_of(name)}
            for spelling in {text for each in made for text in spellings(each)}:
                key = spelling.lower()
                if key not in self.meanings:
                    found.setdefault(key, {})[owner] = None
                    self.spoken.setdefault(key, spelling)
        self.meanings |= {key: tuple(owners) for key, owners in found.items()}


def _spoken(character: str) -> str:
    if character in APOSTROPHES:
        return "'"
    if unicodedata.category(character) == "Pd":
        return "-"
    return character if character.isalnum() or unicodedata.combining(character) else " "


def spoken_name(name: str) -> str:
    """Return a name without brackets, the first name first.

    Directories put the last name there, and a comma after it.
    """
    last, comma, first = _without_brackets(name).partition(",")
    if not comma:
        return last
    family = _bare(last)
    titles = last.split()[: -len(family)]
    return " ".join((*titles, *first.split(), *family))


def _bare(spoken: str) -> list[str]:
    """Return the words of a name after its titles; all of them when it consists of titles."""
    words = spoken.split()
    titles = takewhile(lambda each: each.replace(".", "").casefold() in _TITLES, words)
    return words[len(list(titles)) :] or words


def _without_brackets(name: str) -> str:
    kept, depth = [], 0
    for character in name:
        depth += character in "([{"
        if depth == 0:
            kept.append(character)
        depth -= character in ")]}" and depth > 0
    return " ".join("".join(kept).split()) or name


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(each for each in apart if not unicodedata.combining(each))
