"""Tests of the numbers behind a capture."""

import numpy as np
import pytest

from benchmarks.traffic.plan import make_plan, tail_mean
from benchmarks.traffic.profiles import profiles
from benchmarks.traffic.tables import SCAN_FLOWS, compile_tables


@pytest.mark.parametrize("packets_per_flow", [5, 10, 40, 200])
def test_the_mix_has_the_asked_packets_for_each_flow(packets_per_flow: int) -> None:
    """Shares and sizes give the mean that was asked for, whatever it is."""
    kinds = profiles(1)
    tables = compile_tables(kinds)
    flows = 100_000
    plan = make_plan(tables, kinds, flows * packets_per_flow, flows, 25_000)
    shares = np.diff(plan.weights, prepend=0)
    assert shares.sum() == pytest.approx(1)
    sized = np.array([kind.sized for kind in kinds])
    heads = np.array([SCAN_FLOWS if kind.name == "scan" else 1 for kind in kinds])
    repeated = tail_mean(plan.scale, plan.longest)
    packets = (shares * (tables.fixed_packets + sized * repeated)).sum()
    assert packets / (shares * heads).sum() == pytest.approx(packets_per_flow, rel=0.15)
