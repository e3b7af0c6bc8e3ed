"""How names are spelled, and whom they mean."""

import pytest

from custom_components.cisco_unified_presence.voice.names import (
    NameIndex,
    short_names,
    spellings,
    spoken_name,
)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Sören Weiß", "soeren weiss"),
        ("Sören Weiß", "Soren Weiss"),
        ("Sören Weiß", "Weiß"),
        ("Dr. Sören Weiß", "Sören Weiss"),
        ("Dr. Sören Weiß", "Dr Weiß"),
        ("Weiß, Dr. Sören (IT)", "Sören"),
        ("Weiß, Sören (IT)", "soeren weiss"),
        ("Anna M.", "anna m"),
        ("Hans-Peter Groß", "hans peter gross"),
        ("Hans-Peter Groß", "Hans Peter"),
        ("Support - Level 2", "support level 2"),
        ("Émile d'Arc", "emile d’arc"),  # noqa: RUF001 (as telephones write it)
        ("Émile d'Arc", "Emile darc"),
        ("Felix de Vries", "de vries"),
        ("Felix de Vries", "Vries"),
        ("Anna Maria Rossi", "anna maria"),
        ("Jørgen Łukasz", "jorgen lukasz"),
        ("Jørgen Łukasz", "Joergen"),
        ("O'Neil {x} [y] <z> | (w)", "o'neil x y z w"),
    ],
)
def test_a_name_is_found(name: str, said: str) -> None:
    assert NameIndex.of_people({"one": [name]}).find(said) == ("one",)


@pytest.mark.parametrize("said", ["", "?", "Zoe", "Dr.", "Anna Lindqvist Anna"])
def test_another_name_is_not(said: str) -> None:
    assert NameIndex.of_people({"one": ["Dr. Anna Lindqvist"]}).find(said) == ()


def test_a_first_name_of_two_means_both() -> None:
    index = NameIndex.of_people({"one": ["Anna Lindqvist"], "two": ["Anna Kessler"]})
    assert set(index.find("anna")) == {"one", "two"}


def test_a_full_name_is_not_another_ones_first_name() -> None:
    index = NameIndex.of_people({"one": ["Anna"], "two": ["Anna Kessler"]})
    assert index.find("anna") == ("one",)


@pytest.mark.parametrize("name", ["", " ", "(*)", "{}", "…", "\ud800", "x"])
def test_a_name_without_letters_is_not_spoken(name: str) -> None:
    assert spellings(name) == ()


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("Anna Lindqvist", "Anna Lindqvist"),
        ("Dr. Weiß, Sören (IT)", "Dr. Sören Weiß"),
        ("Weiß, Dr. Sören", "Dr. Sören Weiß"),
        ("(Reception)", "(Reception)"),
        ("Front, ", "Front"),
        ("Sir, Anna", "Anna Sir"),
        ("Anna Xaver (MAX)", "Anna Xaver"),
        ("Anna (IT [2]) Ito", "Anna Ito"),
        ("Anna) Ito (IT)", "Anna) Ito"),
    ],
)
def test_the_spoken_name(name: str, spoken: str) -> None:
    assert spoken_name(name) == spoken


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Xaver", {"Xaver"}),
        # A letter that has no form with its accent.
        ("J\u0301on", {"J\u0301on", "Jon"}),
        ("Support - Berlin", {"Support - Berlin", "Support Berlin"}),
        ("Sören Weiß", {"Sören Weiß", "Sören Weiss", "Soeren Weiss", "Soren Weiss"}),
        (
            "Jean-Luc d'Arc",
            {
                "Jean-Luc d'Arc",
                "Jean Luc d'Arc",
                "Jean-Luc dArc",
                "Jean Luc d Arc",
                "Jean Luc dArc",
            },
        ),
    ],
)
def test_a_name_is_written_in_all_usual_ways_and_no_other(name: str, written: set[str]) -> None:
    found = spellings(name)
    assert (found[0], set(found), len(found)) == (name, written, len(written))


@pytest.mark.parametrize("dash", ["\u2010", "\u2013", "\u2014"])
def test_every_dash_is_a_hyphen(dash: str) -> None:
    assert spellings(f"Hans{dash}Peter") == spellings("Hans-Peter")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Anna", set()),
        ("Dr. Anna", set()),
        ("Anna Maria Rossi", {"Anna", "Anna Maria", "Rossi"}),
        ("felix de vries", {"felix", "de vries", "vries"}),
        ("Dr. Felix van den Berg", {"Felix", "van den Berg", "Berg", "Dr. van den Berg"}),
    ],
)
def test_first_and_last_names_are_short_names(name: str, short: set[str]) -> None:
    assert set(short_names(name)) == short


TITLES = """
    dipl dott dottssa dr drs frau herr herrn ing ir lic mag miss mlle mme mr mrs ms mx prof sig
    sigra sir sr sra
"""


@pytest.mark.parametrize("title", TITLES.split())
def test_a_title_is_no_name(title: str) -> None:
    index = NameIndex.of_people({"one": [f"{title.capitalize()}. Anna Lindqvist"]})
    assert index.find("anna") == index.find("anna lindqvist") == ("one",)
    assert index.find(title) == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Äo", ["aeo", "ao"]),
        ("Öo", ["oeo", "oo"]),
        ("Üo", ["ueo", "uo"]),
        ("oä oö oü", ["oae ooe oue", "oa oo ou"]),
        ("Øo oø", ["oeo ooe", "oo oo"]),
        ("Åo oå", ["aao oaa", "ao oa"]),
        ("Æo oæ", ["aeo oae"]),
        ("Œo oœ", ["oeo ooe"]),
        ("Ło oł", ["lo ol"]),
        ("Đo ođ", ["do od"]),
        ("Ðo oð", ["do od"]),
        ("Þo oþ", ["tho oth"]),
        ("Èo oñ", ["eo on"]),
    ],
)
def test_letters_that_are_written_otherwise(name: str, said: list[str]) -> None:
    # The letters themselves come first.
    assert spellings(name)[0] == name
    assert {each.capitalize() for each in said} <= {each.capitalize() for each in spellings(name)}
