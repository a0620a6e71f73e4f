"""The public names."""

import subprocess
import sys

import pytest

import annotator

PUBLIC = [
    "AnnotatorError",
    "BaselineError",
    "CapturePermissionError",
    "InputError",
    "OutputError",
    "RegistryError",
    "Report",
    "SiteError",
    "UsageError",
    "__version__",
    "annotate",
]


def test_public_names_are_pinned() -> None:
    """Names come and go on purpose only, and each of them is there."""
    assert annotator.__all__ == PUBLIC
    for name in PUBLIC:
        assert getattr(annotator, name) is not None
    with pytest.raises(AttributeError, match="nothing_like_it"):
        annotator.nothing_like_it  # type: ignore[attr-defined]  # noqa: B018 (the access is the test)


def test_importing_the_package_is_cheap() -> None:
    """What is heavy is loaded when it is used."""
    code = "import sys, annotator; print(*sys.modules)"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "numba", "pandas", "pyarrow", "rich", "click"} & set(made.stdout.split())
