"""The rehearsal runs all that a real capture runs."""

import subprocess
import sys

import pytest

from annotator.capture.rehearsal import Rehearsal
from annotator.kernel.cache import INTERPRETED
from annotator.pipeline import run
from annotator.settings import Settings
from tests.conftest import REPOSITORY

NEWLY_COMPILED = """
import sys
from annotator.capture.rehearsal import Rehearsal
from annotator.kernel.jit import Kernel
from annotator.pipeline import analyse, run
from annotator.settings import Settings

def kernels():
    return {
        f"{one.__module__}.{one.__name__}": one.versions
        for name, module in list(sys.modules.items()) if name.startswith("annotator.")
        for one in vars(module).values() if isinstance(one, Kernel) and one.__module__.startswith("annotator.")
    }

run([Rehearsal()], Settings())
ready = kernels()
assert sum(ready.values()) > 3
analyse(sys.argv[1:])
late = [name for name, number in kernels().items() if number != ready.get(name, 0)]
print(*(name for name in late if name.split(".")[1] in ("decode", "flow")))
"""


def test_its_packets_are_sound() -> None:
    """One flow of two packets, and nothing to complain about."""
    found = run([Rehearsal()], Settings())
    assert len(found.flows) == 1
    assert (found.flows.initiator_packets[0], found.flows.initiator_fragments[0]) == (2, 1)
    assert found.issues == []
    assert found.captures[0].packets_decoded == 2


LATER = "annotator.flow.table.revisit"
"""Compiled when a batch first holds more payloads of a flow than are looked at: fragments alone never do."""


@pytest.mark.skipif(INTERPRETED, reason="nothing is compiled")
def test_no_kernel_of_the_usual_path_is_left_to_compile() -> None:
    """After it, traffic of all kinds calls no kernel of decode and flow for the first time; probes come as needed."""
    done = subprocess.run(
        [sys.executable, "-c", NEWLY_COMPILED, REPOSITORY / "samples" / "office.pcapng"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stdout.split()) <= {LATER}
