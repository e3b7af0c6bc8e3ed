"""What is recorded, and when it is out of date."""

from pathlib import Path

from .recording import Record, digest, files_in, folders_of, is_outdated


def test_folders_and_their_tests(tmp_path: Path) -> None:
    for path in ("pws/__init__.py", "pws/test_a.py", "pws/wire.py", "e2e/__init__.py", "test_b.py"):
        (tmp_path / "tests" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tests" / path).touch()

    assert folders_of(tmp_path) == ["pws", "top"]
    assert files_in(tmp_path, "pws") == ["tests/pws/test_a.py"]
    assert files_in(tmp_path, "top") == ["tests/test_b.py"]


def test_a_record_is_out_of_date_when_test_files_change(tmp_path: Path) -> None:
    (tmp_path / "tests" / "pws").mkdir(parents=True)
    test = tmp_path / "tests" / "pws" / "test_a.py"
    test.write_text("first")
    record = Record(tests={"tests/pws/test_a.py": digest(test)})
    record.write(tmp_path / "pws.json")
    assert Record.read(tmp_path / "pws.json") == record
    assert not is_outdated(tmp_path, "pws", tmp_path)

    (tmp_path / "tests" / "pws" / "test_b.py").touch()
    assert is_outdated(tmp_path, "pws", tmp_path)
