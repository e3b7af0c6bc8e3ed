"""What is recorded, and when it is out of date."""

from pathlib import Path

from .recording import Record, changed_files, digest, files_in, folders_of


def test_folders_and_their_tests(tmp_path: Path) -> None:
    for path in ("pws/__init__.py", "pws/test_a.py", "pws/wire.py", "e2e/__init__.py", "test_b.py"):
        (tmp_path / "tests" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tests" / path).touch()

    assert folders_of(tmp_path) == ["pws", "top"]
    assert files_in(tmp_path, "pws") == ["tests/pws/test_a.py"]
    assert files_in(tmp_path, "top") == ["tests/test_b.py"]


def test_files_that_changed_since_are_recorded_again(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "pws"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    for name in ("test_a.py", "test_b.py"):
        (folder / name).write_text(name)
    tests = {f"tests/pws/{name}": digest(folder / name) for name in ("test_a.py", "test_b.py")}
    assert changed_files(tmp_path, tmp_path) == list(tests)

    record = Record(tests=tests)
    record.write(tmp_path / "pws.json")
    assert Record.read(tmp_path / "pws.json") == record
    assert changed_files(tmp_path, tmp_path) == []

    (folder / "test_a.py").write_text("other")
    (folder / "test_c.py").touch()
    assert changed_files(tmp_path, tmp_path) == ["tests/pws/test_a.py", "tests/pws/test_c.py"]
