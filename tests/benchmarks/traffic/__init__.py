"""Tests of what the generated traffic is made of."""
