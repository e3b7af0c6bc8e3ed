"""Reports how a server differs from the reference. Started by script/conformance."""

import argparse
import asyncio
from collections import Counter
from collections.abc import Iterable
import os
from pathlib import Path
import sys
import tempfile

from .anonymous import Anonymizer, inputs_of
from .case import EVERY, Case, Spoken
from .observing import observed
from .report import report
from .running import Outcome, Result, Run
from .table import CASES
from .target import NotConfigured, Target


def main() -> int:
    """Return 0, 1 if something differs, or 2 if the environment is incomplete."""
    parser = argparse.ArgumentParser(prog="script/conformance", description=__doc__)
    parser.add_argument(
        "--disturb",
        action="store_true",
        help="at a real server, also run what people see: setting presence, forcing logins",
    )
    parser.add_argument(
        "--report",
        metavar="FILE",
        type=Path,
        help="also write one file without names and addresses, to be attached to an issue",
    )
    parser.add_argument("-k", metavar="TEXT", default="", help="only cases with this in the name")
    arguments = parser.parse_args()
    try:
        target = Target.of_environment(os.environ) if os.environ.get("CUP_HOST") else None
    except NotConfigured as error:
        _say(f"conformance: {error}")
        return 2
    file = arguments.report
    if file is not None:
        file = Path(os.environ.get("CALLED_FROM", ".")) / file
        try:
            file.touch()
        except OSError as error:
            _say(f"conformance: the report cannot be written: {error}")
            return 2
    wanted = [case for case in CASES if arguments.k in case.label]
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder), target, disturb=arguments.disturb)
        results = asyncio.run(_run_all(run, wanted))
        if file is not None:
            text = asyncio.run(_report(run, results, target, disturb=arguments.disturb))
            file.write_text(text, encoding="utf-8")
    _say(_summary(results, "a simulator" if target is None else target.server.address))
    if file is not None:
        _say(f"The report is in {file}. It names nobody; please read it before you attach it.")
    return int(any(each.outcome is Outcome.DIFFERS for each in results))


async def _report(run: Run, results: list[Result], target: Target | None, *, disturb: bool) -> str:
    async with run.stage(Spoken.REST) as stage:
        anonymizer = Anonymizer(inputs_of(stage.target))
        seen = await observed(stage, anonymizer)
    return report(results, seen, target, anonymizer, disturb=disturb)


async def _run_all(run: Run, cases: Iterable[Case]) -> list[Result]:
    _say(f"{'case':<78} {'dialect':<8} result")
    results = []
    for case in cases:
        for spoken in Spoken:
            result = await run.result(case, spoken)
            results.append(result)
            _say(_line(result))
    return results


def _line(result: Result) -> str:
    detail = f": {result.detail}" if result.detail else ""
    return f"{result.case.label:<78} {result.spoken:<8} {result.outcome}{detail}"


def _summary(results: list[Result], server: str) -> str:
    outcomes = Counter(result.outcome for result in results)
    ended = ", ".join(f"{outcomes[outcome]} {outcome}" for outcome in Outcome)
    cases = {result.case.label: result.case for result in results}.values()
    both = sum(case.dialects == EVERY for case in cases)
    return f"{len(cases)} cases, {both} of them in both dialects, against {server}: {ended}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
