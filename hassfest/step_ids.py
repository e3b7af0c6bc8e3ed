"""Steps by their names in the code: what is shown comes back to the method of that name."""

import ast
from collections.abc import Iterator

from .code import STEP, Class, calls_in, keyword

SHOWING = ("async_show_form", "async_show_menu", "async_show_progress", "async_external_step")


def sentences_about(flow: Class, steps: set[str]) -> Iterator[str]:
    """Walk through what is wrong with the step ids that are written out in a flow."""
    for method in flow.methods:
        for call in calls_in(method, *SHOWING):
            place = f"{flow.name}.{method.name}"
            yield from _step_id(place, call, method.name, steps)
            for option in _texts(keyword(call, "menu_options")):
                if option not in steps:
                    yield f"{place} offers {option}, but there is no {STEP}{option}."


def _step_id(place: str, call: ast.Call, method: str, steps: set[str]) -> Iterator[str]:
    node = keyword(call, "step_id")
    if node is None:
        yield f"{place} shows something without a step_id."
    for step in _texts(node):
        if step not in steps:
            yield f"{place} shows {step}, but there is no {STEP}{step}."
        elif method.startswith(STEP) and method != f"{STEP}{step}":
            yield f"{place} shows {step}, so that another method would go on."


def _texts(node: ast.expr | None) -> Iterator[str]:
    """Walk through the texts that an expression may become, its conditions left out."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body)
            yield from _texts(orelse)
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            for each in elements:
                yield from _texts(each)
        case ast.Dict(keys=keys):
            for key in keys:
                yield from _texts(key)
