"""The forms that the outcome of a check can take, and how a file's ending names them."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from annotator.errors import UsageError

if TYPE_CHECKING:
    from annotator.baseline.check import Check

FORMS: Final = {"text": ".txt", "json": ".json", "junit": ".xml", "sarif": ".sarif"}
"""Each form, and the ending that names it."""


def form_of(path: str, name: str | None = None) -> str:
    """Tell the form of a file: `name` if given, else by its ending.

    Raises:
        UsageError: neither tells one.
    """
    if name is not None:
        return name
    ending = Path(path).suffix.lower()
    for form, own in FORMS.items():
        if ending == own:
            return form
    raise UsageError(f"{path}: its ending names no form; end it in one of {' '.join(FORMS.values())}, or give --format")


def encode(check: "Check", form: str) -> Iterator[bytes]:
    """Give the outcome of a check in a form, as pieces of a file in UTF-8."""
    pieces: Iterator[bytes] = import_module(f"annotator.baseline.as_{form}").encode(check)
    return pieces
