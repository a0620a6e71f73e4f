"""Tests of the registry's forms."""
