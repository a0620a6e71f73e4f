"""Lets a witness say how far it agrees, whether its test passes or not."""

from collections.abc import Callable

import pytest

LINES = pytest.StashKey[list[str]]()


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Give a function that adds a line to the summary at the end of the run."""
    return request.config.stash.setdefault(LINES, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the lines that witnesses said."""
    lines = config.stash.get(LINES, [])
    if lines:
        terminalreporter.section("witnesses")
        terminalreporter.write_line("\n".join(lines))
