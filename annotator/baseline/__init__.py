"""Baselines: which services are expected to be in use, learned from captures, edited by people, and checked again."""
