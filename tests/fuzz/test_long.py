"""The long form without the fuzzer: mutations, and the results of runs."""

from pathlib import Path
from random import Random
from subprocess import CompletedProcess

from hypothesis import given
from hypothesis import strategies as st
import pytest

from .__main__ import _outcome, main
from .mutation import mutation_of
from .targets import targets

TARGETS = ("rest-answer", "soap-request", "control-request", "pidf")


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.binary(max_size=80), seed=st.integers(0, 10**6))
def test_any_input_can_be_mutated(name: str, data: bytes, seed: int) -> None:
    assert isinstance(mutation_of(targets()[name])(data, Random(seed)), bytes)


@pytest.mark.parametrize("name", TARGETS)
def test_mutations_change_documents_and_leave_choices(name: str) -> None:
    target = targets()[name]
    chosen = b"\x07" * target.choices
    document = target.documents[0]
    whole = document + chosen if target.choices_last else chosen + document
    mutate = mutation_of(target)
    mutated = [mutate(whole, Random(seed)) for seed in range(50)]
    assert len(set(mutated)) > 25
    place = bytes.endswith if target.choices_last else bytes.startswith
    assert all(place(each, chosen) for each in mutated)


OUTPUT = """\
#2	INITED cov: 12 ft: 20
#40	NEW    cov: 31 ft: 40
{crash}stat::number_of_executed_units: 4711
"""


def test_the_result_of_a_run_without_a_crash(tmp_path: Path) -> None:
    (tmp_path / "input").touch()
    outcome = _outcome(tmp_path, CompletedProcess([], 0, OUTPUT.format(crash="")))
    assert (outcome.runs, outcome.coverage, outcome.corpus) == (4711, 31, 1)
    assert (outcome.failed, outcome.crash) == (False, None)


def test_the_result_of_a_crash(tmp_path: Path) -> None:
    crash = "artifact_prefix='x'; Test unit written to .fuzz/pidf/crashes/crash-1\n"
    outcome = _outcome(tmp_path, CompletedProcess([], 77, OUTPUT.format(crash=crash)))
    assert outcome.failed
    assert outcome.crash == Path(".fuzz/pidf/crashes/crash-1")


def test_a_fuzzer_that_cannot_start_has_failed(tmp_path: Path) -> None:
    outcome = _outcome(tmp_path, CompletedProcess([], 1, "ModuleNotFoundError: atheris"))
    assert outcome.failed
    assert (outcome.runs, outcome.coverage, outcome.crash) == (0, None, None)
    assert "atheris" in outcome.output


@pytest.mark.parametrize(
    "arguments", [["--seconds", "0"], ["--seconds", "x"], ["nothing"], ["nothing", "--replay", "x"]]
)
def test_invalid_arguments_are_refused(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["fuzz", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
