"""The command ``annotate``: argv to options to pipeline to exit code; what it does is done elsewhere.

Exit codes: 0 done, 1 failed, 2 usage, 3 input unreadable, 4 partial, 5 baseline violated, 130
interrupted, 129 and 143 hung up and terminated; a closed pipe is a quiet end.
"""

import contextlib
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final, NamedTuple, NoReturn

import click

from annotator.cli.termination import TerminatedError, die_tidily
from annotator.errors import AnnotatorError


class Entry(NamedTuple):
    """A command besides the main job."""

    module: str
    """Where it lives, in this package; imported when the command is called. Its attribute has the command's name."""
    summary: str


COMMANDS: Final = {
    "live": Entry("live", "capture from an interface: annotate live eth0; annotate live -D lists them"),
    "explain": Entry("explain", "everything known of one flow: annotate explain CAPTURE FLOW"),
    "baseline": Entry("baseline", "learn which services are in use: annotate baseline CAPTURE -o baseline.toml"),
    "check": Entry("baseline", "what is new, gone or changed: annotate check CAPTURE --baseline baseline.toml"),
    "diff": Entry("diff", "two captures or JSON reports compared: annotate diff BEFORE AFTER"),
    "lookup": Entry("lookup", "ask the registry directly: annotate lookup 8080 443/tcp ssh"),
    "registry": Entry("registry", "which registry is in use, and others"),
}

INTERRUPTED: Final = 130


def entry() -> NoReturn:
    """Be the process: run the command line, and leave without taking the interpreter apart.

    Unloading the compilers' libraries takes a third of a second that everybody would wait for, after all is done.
    """
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # main has spoken of what went wrong
            stream.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; `arguments` are those of the process unless given."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    name = words[0] if words and words[0] in COMMANDS else ""
    try:
        die_tidily()
        return _run(name, words[1:] if name else list(words))
    except BrokenPipeError:
        _close_stdout()  # whoever read us has seen enough
        return 0
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted", INTERRUPTED)
    except TerminatedError as end:
        return end.code
    except click.UsageError as error:
        hint = f"annotate {name}".strip()
        return _fail(f"{error.format_message().rstrip('.')}; see {hint} --help", error.exit_code)
    except click.ClickException as error:
        return _fail(error.format_message(), error.exit_code)
    except Exception as error:
        if "--debug" in words:
            raise
        if isinstance(error, AnnotatorError):
            return _fail(str(error), error.exit_code)
        if isinstance(error, OSError):
            return _fail(f"{error.filename or 'standard output'}: {error.strerror or error}", 1)
        if isinstance(error, MemoryError):
            return _fail("out of memory; split the capture, or filter it, and try again", 1)
        return _fail(f"{type(error).__name__}: {error}; this is a fault of annotator: --debug shows where", 1)


def _run(name: str, words: list[str]) -> int:
    """Run a command, and see its output off; not by Command.main, which would turn a closed pipe into a failure."""
    try:
        with _command(name).make_context(f"annotate {name}".strip(), words) as context:
            code = context.command.invoke(context)
    except click.exceptions.Exit as end:  # after --help and --version
        code = end.exit_code
    sys.stdout.flush()
    return code if isinstance(code, int) else 0


def _command(name: str) -> click.Command:
    module, attribute = (COMMANDS[name].module, name) if name else ("read", "read")
    command: click.Command = getattr(import_module(f"annotator.cli.{module}"), attribute)
    return command


def _fail(message: str, code: int) -> int:
    """Say what went wrong in one line."""
    from annotator.report.sanitize import clean

    try:
        sys.stderr.write(f"annotate: {clean(' '.join(message.split()), 1000)}\n")
        sys.stdout.flush()
    except (BrokenPipeError, ValueError, OSError):
        _close_stdout()
    return code


def _close_stdout() -> None:
    """Point standard output at nothing, so that the interpreter's last flush finds no fault."""
    with open(os.devnull, "wb") as nothing:  # noqa: PTH123 (a descriptor is what is wanted)
        os.dup2(nothing.fileno(), sys.stdout.fileno())
