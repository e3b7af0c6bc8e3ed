"""Reduces a failing course to fewer steps."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from .course import Act, Course, Fault

type Fails = Callable[[Course], bool]


def shrink(course: Course, fails: Fails, *, attempts: int = 60) -> Course:
    """Return the smallest failing course found within a number of attempts.

    Leaves out halves first, then quarters, and so on.
    """
    tries = _Attempts(fails, attempts)
    size = len(course.steps)
    while size > 1 and tries.left:
        size = (size + 1) // 2
        course = _without_parts(course, size, tries)
    return course


class _Attempts:
    def __init__(self, fails: Fails, attempts: int) -> None:
        self._fails = fails
        self.left = attempts

    def fails(self, course: Course) -> bool:
        if not self.left:
            return False
        self.left -= 1
        return self._fails(course)


def _without_parts(course: Course, size: int, tries: _Attempts) -> Course:
    """Leave out each part of this size that the failure does not need."""
    begin = 0
    while begin < len(course.steps):
        steps = course.steps
        smaller = _with_steps(course, [*steps[:begin], *steps[begin + size :]])
        if tries.fails(smaller):
            course = smaller
        else:
            begin += size
    return course


def _with_steps(course: Course, steps: Sequence[Fault | Act]) -> Course:
    return replace(
        course,
        faults=tuple(step for step in steps if isinstance(step, Fault)),
        acts=tuple(step for step in steps if isinstance(step, Act)),
    )
