"""Runs a case in one dialect, against a fresh simulator or a real server."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from cup_simulator import Configuration, Simulator
from cup_simulator.clock import ManualClock
from custom_components.cisco_unified_presence.pws import make_ssl_context, open_session
from custom_components.cisco_unified_presence.pws.errors import PresenceServiceError
from custom_components.cisco_unified_presence.pws.faults import Throttled

from .callback import listening
from .case import Case, Differs, Skipped, Spoken
from .stage import Stage
from .target import SIMULATED, Target

# Seconds before a case is repeated that a busy server has throttled. Reference: rule 16.
_PAUSES: Final = (1, 5, 15)


class Outcome(StrEnum):
    """The outcomes of a case."""

    PASS = "pass"
    DIFFERS = "differs"
    SKIPPED = "skipped"
    NOT_APPLICABLE = "n/a"


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a case in one dialect; ``detail`` is empty or a sentence."""

    case: Case
    spoken: Spoken
    outcome: Outcome
    detail: str = ""


@asynccontextmanager
async def stage_at(
    target: Target, spoken: Spoken, simulator: Simulator | None = None
) -> AsyncGenerator[Stage]:
    """Yield a stage at a server, and remove everything it created there."""
    context = make_ssl_context(target.server.security)
    async with (
        listening(target, simulated=simulator is not None) as callback,
        open_session(target.server, ssl_context=context) as http,
    ):
        built = Stage(target, spoken, http, callback, simulator)
        try:
            yield built
        finally:
            await built.leave()


@asynccontextmanager
async def simulated_stage(
    spoken: Spoken, tls_dir: Path, configuration: Configuration = SIMULATED
) -> AsyncGenerator[Stage]:
    """Yield a stage at a fresh simulator with a manual clock."""
    async with (
        Simulator(configuration, tls_dir=tls_dir, clock=ManualClock()) as simulator,
        stage_at(Target.of_simulator(simulator), spoken, simulator) as built,
    ):
        yield built


@asynccontextmanager
async def another_application(stage: Stage) -> AsyncGenerator[Stage]:
    """Yield a stage at the same simulator for a second application user."""
    target = replace(stage.target, application_user="other")
    async with stage_at(target, stage.spoken, stage.simulator) as built:
        yield built


class Run:
    """Runs cases against a real server, or against a simulator if ``target`` is None."""

    def __init__(self, tls_dir: Path, target: Target | None, *, disturb: bool) -> None:
        """``disturb`` allows cases that people at a real server notice."""
        self._tls_dir = tls_dir
        self._target = target
        self._disturb = disturb

    async def result(self, case: Case, spoken: Spoken) -> Result:
        if spoken not in case.dialects:
            return Result(case, spoken, Outcome.NOT_APPLICABLE)
        reason = self._forbidding(case)
        if reason:
            return Result(case, spoken, Outcome.SKIPPED, reason)
        return await self._attempt(case, spoken)

    def _forbidding(self, case: Case) -> str:
        """Return why a real server is spared this case; empty if it is not."""
        if self._target is None:
            return ""
        if case.needs is not None:
            return f"needs {case.needs}, which only the simulator offers"
        return "disturbs people; needs --disturb" if case.disturbs and not self._disturb else ""

    async def _attempt(self, case: Case, spoken: Spoken) -> Result:
        for pause in _PAUSES:
            try:
                return await self._outcome(case, spoken)
            except Throttled:
                await asyncio.sleep(pause)
        return Result(case, spoken, Outcome.SKIPPED, "the server is too busy; try again later")

    async def _outcome(self, case: Case, spoken: Spoken) -> Result:
        try:
            async with self.stage(spoken) as built:
                await case.run(built)
        except Throttled:
            raise
        except Skipped as reason:
            return Result(case, spoken, Outcome.SKIPPED, str(reason))
        except (Differs, PresenceServiceError) as difference:
            return Result(case, spoken, Outcome.DIFFERS, self._shown(str(difference)))
        except Exception as error:  # noqa: BLE001 - no answer may end the report
            detail = f"the case could not go on: {type(error).__name__}: {error}"
            return Result(case, spoken, Outcome.DIFFERS, self._shown(detail))
        return Result(case, spoken, Outcome.PASS)

    def _shown(self, text: str) -> str:
        """Return a text without the password, in case the server repeats it."""
        return text.replace(self._target.password, "***") if self._target else text

    @asynccontextmanager
    async def stage(self, spoken: Spoken) -> AsyncGenerator[Stage]:
        """Yield a stage at the server, or at a fresh simulator."""
        if self._target is None:
            async with simulated_stage(spoken, self._tls_dir) as built:
                yield built
        else:
            async with stage_at(self._target, spoken) as built:
                yield built
