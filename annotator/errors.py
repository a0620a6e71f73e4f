"""The exceptions that annotator raises on purpose, and the exit code that each one means.

::

    AnnotatorError            1   failed: what, where, what to do next
    ├── UsageError            2   the command line or an argument is wrong
    ├── InputError            3   a capture, or a report to compare with, cannot be read at all
    ├── RegistryError         1   a registry file or snapshot cannot be used
    ├── SiteError             1   a site overlay file has a bad line
    ├── BaselineError         1   a baseline file has a bad line
    ├── OutputError           1   a result cannot be written
    └── CapturePermissionError 1  no right to capture live; the message holds the remedy

Each message is one line that can be shown to a user as it is.
"""


class AnnotatorError(Exception):
    """Root of the tree; catch this to catch all of them."""

    exit_code = 1


class UsageError(AnnotatorError):
    """The command line or an argument is wrong."""

    exit_code = 2


class InputError(AnnotatorError):
    """A capture, or a report to compare with, cannot be read at all: missing, empty, or of no known format."""

    exit_code = 3


class RegistryError(AnnotatorError):
    """A registry file or snapshot cannot be used."""


class SiteError(AnnotatorError):
    """A site overlay file has a bad line; the message names file and line."""


class BaselineError(AnnotatorError):
    """A baseline file has a bad line; the message names file and line."""


class OutputError(AnnotatorError):
    """A result cannot be written, or would write over something that the user has."""


class CapturePermissionError(AnnotatorError):
    """The user has no right to capture live; the message holds the exact remedy."""
