"""Every module has its test file at the mirrored path, so that a reader finds the one from the other."""

import ast
from pathlib import Path

from tests.conftest import REPOSITORY

PACKAGE = REPOSITORY / "annotator"
TESTS = REPOSITORY / "tests"
EXEMPT: dict[str, str] = {
    "cli/__init__.py": "tested as the command that it is: tests/cli/test_main.py",
    "cli/output.py": "tested by what is written: tests/cli/test_outputs.py",
    "cli/progress.py": "draws on a terminal; tested by tests/cli/test_read.py and test_live.py",
    "evidence/probe.py": "types and one packing of bits, which every probe's tests read back",
    "registry/export/__init__.py": "a table of forms; each form has its tests",
    "report/arrow.py": "one function of Arrow's: tests/report/test_json_shape.py",
    "report/as_tsv.py": "CSV with tabs: tests/report/test_formats.py",
    "report/assignment.py": "the registry's words, tested in every table: tests/report/test_ports.py",
    "report/brief.py": "phrases, tested where they stand: tests/report/test_as_text.py",
    "report/facts.py": "columns derived once, tested by all tables",
    "report/layout.py": "lines and bars, tested where they stand: tests/report/test_as_text.py",
    "report/provenance.py": "tested where it stands: tests/report/test_as_json.py",
    "report/tables.py": "tested by tests/report/test_formats.py",
}
"""Modules without a test file of their own, each with the reason."""


def has_logic(path: Path) -> bool:
    """Whether a module defines a function, be it in a class: constants and re-exports need no test of their own."""
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(ast.parse(path.read_text()))
    )


def mirrored(path: Path) -> Path:
    """Give the test file of a module: ``annotator/x/y.py`` has ``tests/x/test_y.py``, a package ``test_init.py``."""
    inside = path.relative_to(PACKAGE)
    return TESTS / inside.parent / f"test_{'init' if inside.stem == '__init__' else inside.stem.lstrip('_')}.py"


def test_every_module_with_logic_has_its_test_file() -> None:
    """A module that computes anything is tested where its name says."""
    modules = [path for path in sorted(PACKAGE.rglob("*.py")) if has_logic(path)]
    assert len(modules) > 50
    missing = [
        path.relative_to(PACKAGE).as_posix()
        for path in modules
        if not mirrored(path).is_file() and path.relative_to(PACKAGE).as_posix() not in EXEMPT
    ]
    assert missing == []


def test_every_exemption_is_needed() -> None:
    """An exempt module exists, and has no test file after all."""
    for name in EXEMPT:
        assert (PACKAGE / name).is_file(), name
        assert not mirrored(PACKAGE / name).is_file(), name


def test_every_test_folder_is_a_package() -> None:
    """Test files of the same name in two rooms can only be told apart in packages."""
    folders = {path.parent for path in TESTS.rglob("test_*.py")}
    assert [folder.name for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []
