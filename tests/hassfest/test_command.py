"""The command script/hassfest, and files that it cannot read."""

import pytest

from hassfest import __main__
from hassfest.checks import findings_in
from hassfest.repository import Finding, Repository

from .broken_copy import ENGLISH, INTEGRATION, ROOT, write


def test_the_repository_has_no_findings() -> None:
    assert findings_in(Repository(ROOT)) == []


def test_the_command_prints_findings_and_fails(
    copy: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["hassfest", str(copy.root)])
    assert __main__.main() == 0
    (copy.root / ENGLISH).unlink()
    assert __main__.main() == 1
    assert f"{ENGLISH}: This file is missing.\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"name": "a", "name": "b"}', "This is not valid JSON: the key name is there twice."),
        ("[]", "This has to be a mapping."),
    ],
)
def test_an_unreadable_file_is_one_finding(copy: Repository, text: str, sentence: str) -> None:
    write(copy, ENGLISH, text)
    assert findings_in(copy) == [Finding(ENGLISH, sentence)]


def test_invalid_yaml_and_python_are_findings(copy: Repository) -> None:
    write(copy, INTEGRATION / "quality_scale.yaml", "a: [")
    write(copy, INTEGRATION / "const.py", "a = (")
    found = {each.file.name: each.sentence for each in findings_in(copy)}
    assert found.keys() == {"quality_scale.yaml", "const.py"}
    assert found["quality_scale.yaml"].startswith("This is not valid YAML: ")
    assert found["const.py"].startswith("This is not valid Python: ")
