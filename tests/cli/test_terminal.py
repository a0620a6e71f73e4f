"""Standard output: as wide as it is, coloured where it likes that, the same bytes in every pipe."""

import pytest

from annotator.cli.terminal import NARROWEST, WIDTH, width

from .running import annotate, on_terminal


@pytest.mark.parametrize(
    ("columns", "expected"),
    [(None, WIDTH), ("", WIDTH), ("60", 60), ("0", WIDTH), ("7", NARROWEST), ("wide", WIDTH), ("99999999", WIDTH)],
)
def test_the_width_of_a_pipe(monkeypatch: pytest.MonkeyPatch, columns: str | None, expected: int) -> None:
    """100 columns, or what COLUMNS asks for."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: False, raising=False)
    if columns is None:
        monkeypatch.delenv("COLUMNS", raising=False)
    else:
        monkeypatch.setenv("COLUMNS", columns)
    assert width() == expected


def test_a_pipe_gets_no_control_characters() -> None:
    """Nor any other bytes in another locale."""
    plain = annotate("lookup", "443/tcp")
    assert "\x1b" not in plain.stdout
    assert plain.stdout == annotate("lookup", "443/tcp", LC_ALL="C", PYTHONUTF8="0", LANG="C").stdout
    assert plain.stderr == ""


def test_a_terminal_gets_colours_unless_it_does_not_want_them() -> None:
    """NO_COLOR and dumb terminals are honoured."""
    assert "\x1b[" in on_terminal("lookup", "443/tcp")
    for words in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in on_terminal("lookup", "443/tcp", **words)


def test_a_terminal_gets_the_width_that_it_has() -> None:
    """Narrow and wide."""
    for columns in (60, 120):
        lines = on_terminal("lookup", "443/tcp", columns=columns, NO_COLOR="1").splitlines()
        assert columns - 20 < max(map(len, lines)) <= columns


def test_a_closed_pipe_is_a_quiet_end() -> None:
    """`annotate lookup 0-65535 | head`."""
    import subprocess

    from .running import COMMAND

    with subprocess.Popen(
        [*COMMAND, "lookup", "0-65535/tcp"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
