"""``python -m annotator``: the command ``annotate``, where it is not on the path."""

from annotator.cli import entry

entry()
