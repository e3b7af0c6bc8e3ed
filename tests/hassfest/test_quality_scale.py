"""The check of quality_scale.yaml."""

import pytest

from hassfest import quality_scale
from hassfest.repository import Repository

from .broken_copy import INTEGRATION, replace, said


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("  brands: done\n", "", "The rule brands is missing."),
        ("  brands: done\n", "  brands: done\n  beauty: done\n", "There is no rule beauty."),
        ("  brands: done\n", "  brands: todo\n", "brands is todo: a comment has to say why."),
        ("  brands: done\n", "  brands: exempt\n", "brands is exempt: a comment has to say why."),
        (
            "  brands: done\n",
            "  brands:\n    status: exempt\n    comment: ' '\n",
            "brands is exempt: a comment has to say why.",
        ),
        (
            "  brands: done\n",
            "  brands: nearly\n",
            "rules.brands: a status is done, exempt or todo.",
        ),
    ],
)
def test_the_quality_scale(copy: Repository, old: str, new: str, sentence: str) -> None:
    replace(copy, INTEGRATION / "quality_scale.yaml", old, new)
    assert said(quality_scale.check, copy) == [sentence]


def test_there_are_54_rules() -> None:
    assert len(quality_scale.known_rules()) == 54
