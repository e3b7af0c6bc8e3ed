"""Rules of the quality scale with the status done, whose traces the code has to show.

The hassfest action looks for them in Home Assistant's own integrations only.
"""

from collections.abc import Callable, Iterator

from homeassistant.generated.entity_platforms import EntityPlatforms

from .code import Code, calls, has_step
from .quality_scale import FILE, rules_done
from .repository import Finding, Repository

UNIQUENESS_CHECKS = (
    "_abort_if_unique_id_configured",
    "_async_abort_entries_match",
    "async_entry_for_domain_unique_id",
)
DIAGNOSTICS = ("async_get_config_entry_diagnostics", "async_get_device_diagnostics")

type Evidence = Callable[[Repository, Code], str | None]


def check(repository: Repository) -> Iterator[Finding]:
    code = Code.of(repository)
    done = rules_done(repository)
    for rule, evidence in EVIDENCE.items():
        missing = evidence(repository, code) if rule in done else None
        if missing:
            sentence = f"{rule} has the status done, but {missing}."
            yield Finding(repository.in_integration(FILE), sentence)


def _defined(name: str, *functions: str) -> Evidence:
    def evidence(repository: Repository, code: Code) -> str | None:
        found = code.defines(repository.in_integration(name), *functions)
        return None if found else f"{name} has no {' or '.join(functions)}"

    return evidence


def _step(step: str) -> Evidence:
    def evidence(_repository: Repository, code: Code) -> str | None:
        found = any(has_step(family, step) for family in code.families_of("ConfigFlow"))
        return None if found else f"the config flow has no async_step_{step}"

    return evidence


def _unique(_repository: Repository, code: Code) -> str | None:
    if any(calls(family, *UNIQUENESS_CHECKS) for family in code.families_of("ConfigFlow")):
        return None
    return "the config flow does not check whether the server is configured already"


def _parallel_updates(repository: Repository, code: Code) -> str | None:
    platforms = {f"{platform.value}.py" for platform in EntityPlatforms}
    without = [
        file.name
        for file in code.modules
        if file.parent == repository.integration
        and file.name in platforms
        and not code.defines(file, "PARALLEL_UPDATES")
    ]
    return f"{', '.join(without)} does not set PARALLEL_UPDATES" if without else None


def _runtime_data(repository: Repository, code: Code) -> str | None:
    found = code.assigns(repository.in_integration("__init__.py"), "runtime_data")
    return None if found else "__init__.py does not set runtime_data"


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
