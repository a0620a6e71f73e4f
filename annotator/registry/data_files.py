"""Where the compiled data of the package is; each file is written by :mod:`annotator.registry.compile`, or by hand."""

from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).with_name("data")
"""A path, and not :mod:`importlib.resources`: that takes longer to import than the registry takes to load."""

SNAPSHOT: Final = DATA / "iana.snapshot"
"""IANA's port registry; ``iana.json`` beside it says where it came from."""
PROTOCOLS: Final = DATA / "ip-protocols.txt"
"""IP protocol numbers and their keywords."""
DE_FACTO: Final = DATA / "de-facto.toml"
"""Well-known uses that IANA's registry has otherwise, or not at all."""
