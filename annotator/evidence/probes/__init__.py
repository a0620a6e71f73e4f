"""One file a protocol. A new protocol is a new file here: nothing else lists them."""

import importlib
import pkgutil
from functools import cache

from annotator.evidence.probe import Probe


@cache
def probes() -> tuple[Probe, ...]:
    """Give every probe, in order of their files' names; a probe's number is its place."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}").PROBE for name in names if not name.startswith("_"))
