"""Tests of the registry's export."""
