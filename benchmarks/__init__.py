"""Benchmarks: a generator of realistic captures, a race against other tools, and timings of single stages."""
