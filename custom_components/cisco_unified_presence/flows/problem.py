"""What is wrong with a form, to be shown at the field that it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field

BASE = "base"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a form is refused.

    Attributes:
        key: The key of the translated error.
        placeholders: What its text names.
        field: The field, or the section, above which the form shows it.
    """

    key: str
    placeholders: Mapping[str, str] = field(default_factory=dict)
    field: str = BASE

    @property
    def errors(self) -> dict[str, str]:
        return {self.field: self.key}


class FormRefused(Exception):
    """Two fields of a form contradict each other, or one of them is not valid."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.key)
        self.problem = problem
