"""Tests of the benchmarks: what the generator writes, what the race measures."""
