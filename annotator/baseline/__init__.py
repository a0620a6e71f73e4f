"""Baselines: which services are expected to be in use, learned from captures, edited by people, and checked again."""

from annotator.baseline.check import Check, check
from annotator.baseline.expected import Baseline, Expected
from annotator.baseline.learn import learn
from annotator.baseline.read import load_baseline

__all__ = ["Baseline", "Check", "Expected", "check", "learn", "load_baseline"]
