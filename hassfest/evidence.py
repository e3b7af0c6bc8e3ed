"""Rules of the quality scale that are said to be kept, and leave traces in the code."""

from collections.abc import Callable, Iterator

from homeassistant.generated.entity_platforms import EntityPlatforms

from .code import Code
from .quality_scale import FILE, rules_done
from .repository import Finding, Repository

NOT_TWICE = (
    "_abort_if_unique_id_configured",
    "_async_abort_entries_match",
    "async_entry_for_domain_unique_id",
)
DIAGNOSTICS = ("async_get_config_entry_diagnostics", "async_get_device_diagnostics")

type Evidence = Callable[[Repository, Code], str | None]


def check(repository: Repository) -> Iterator[Finding]:
    """Walk through the rules that are said to be kept, but of which there is no trace."""
    code = Code.of(repository)
    done = rules_done(repository)
    for rule, evidence in EVIDENCE.items():
        missing = evidence(repository, code) if rule in done else None
        if missing:
            sentence = f"{rule} is said to be done, but {missing}."
            yield Finding(repository.in_integration(FILE), sentence)


def _defined(name: str, *functions: str) -> Evidence:
    def look(repository: Repository, code: Code) -> str | None:
        found = code.defines(repository.in_integration(name), *functions)
        return None if found else f"{name} has no {' or '.join(functions)}"

    return look


def _step(step: str) -> Evidence:
    def look(_repository: Repository, code: Code) -> str | None:
        flows = code.descendants_of("ConfigFlow")
        found = any(step in code.steps_of(flow.name) for flow in flows)
        return None if found else f"the config flow has no async_step_{step}"

    return look


def _unique(_repository: Repository, code: Code) -> str | None:
    flows = code.descendants_of("ConfigFlow")
    if any(code.methods_call(flow.name, *NOT_TWICE) for flow in flows):
        return None
    return "the config flow does not look whether the server is there already"


def _parallel_updates(repository: Repository, code: Code) -> str | None:
    platforms = {platform.value for platform in EntityPlatforms}
    without = [
        file.name
        for file in code.modules
        if file.parent == repository.integration
        and file.stem in platforms
        and not code.defines(file, "PARALLEL_UPDATES")
    ]
    return f"{', '.join(without)} does not set PARALLEL_UPDATES" if without else None


def _runtime_data(repository: Repository, code: Code) -> str | None:
    found = code.assigns(repository.in_integration("__init__.py"), "runtime_data")
    return None if found else "__init__.py does not keep anything in runtime_data"


def _brand(repository: Repository, _code: Code) -> str | None:
    icon = repository.root / repository.in_integration("brand/icon.png")
    return None if icon.exists() else "there is no brand/icon.png"


EVIDENCE: dict[str, Evidence] = {
    "action-setup": _defined("__init__.py", "async_setup"),
    "brands": _brand,
    "config-entry-unloading": _defined("__init__.py", "async_unload_entry"),
    "config-flow": _step("user"),
    "diagnostics": _defined("diagnostics.py", *DIAGNOSTICS),
    "parallel-updates": _parallel_updates,
    "reauthentication-flow": _step("reauth"),
    "reconfiguration-flow": _step("reconfigure"),
    "repair-issues": _defined("repairs.py", "async_create_fix_flow"),
    "runtime-data": _runtime_data,
    "unique-config-entry": _unique,
}
