"""Mutated input through the readers, the decoder and the whole command.

- ``python -m tests.fuzz.storm --count 5000000``: the compiled kernels, each input alone in memory that ends where it
  does, so that a load past its end is an error;
- ``python -m tests.fuzz.guided --runs 200000``: the same code interpreted, guided by coverage (needs atheris);
- ``python -m tests.fuzz.command --count 1000``: damaged captures through ``annotate``, each in a process of its own.

What they found stands, by name, in ``test_crashers.py``. Payloads of applications are the business of
``tests.evidence.fuzz``.
"""
