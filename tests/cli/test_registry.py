"""`annotate registry`, as it is typed."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from annotator.registry.notice import NOTICE

from ..registry.server import Server, serving, whole_registry
from .running import annotate, on_terminal


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what the user of this machine has chosen out of the tests, and the tests out of it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    """IANA's files."""
    return shared / "registry"


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that has a registry."""
    with serving(whole_registry()) as running:
        yield running


def done(*arguments: str | Path) -> str:
    result = annotate("registry", *arguments)
    assert (result.returncode, result.stderr) == (0, ""), result.stderr
    return result.stdout


def test_info_of_the_one_in_the_package() -> None:
    """Source, date, hash, counts, age; in words and as JSON."""
    assert done("info").startswith("registry    in use, embedded in the package\ndate        2026-08-17, ")
    info = json.loads(done("info", "--format", "json"))
    assert (info["updated"], info["records"], info["installed"]) == ("2026-08-17", 14533, [])
    assert info["counts"]["by_transport"]["sctp"] == 93
    assert isinstance(info["age_days"], int)
    assert info["caveat"] == NOTICE


def test_update_info_rollback_and_use(server: Server) -> None:
    """The life of an installed registry."""
    assert "14,600 records" in done("update", "--url", server.url("fresh"))
    assert "in use, chosen by the user" in done("info")
    assert done("update", "--url", server.url("fresh")).startswith("not modified: ")
    assert "14,533 records" in done("rollback")
    assert "embedded in the package" in done("info")
    assert "14,600 records" in done("use", "2026-09-01")
    assert "14,533 records" in done("use", "embedded")
    assert annotate("registry", "use", "1999-01-01").returncode == 2


def test_what_is_in_use_answers_lookups(server: Server) -> None:
    """And `--registry` is for a single run."""
    done("update", "--url", server.url("fresh"))
    text = annotate("lookup", "1030/tcp").stdout
    assert "1030/tcp (s6)" in text
    assert "registry 2026-09-01 or later" in text


def test_an_update_that_fails_is_one_line(server: Server) -> None:
    """And leaves what was in use."""
    result = annotate("registry", "update", "--url", server.url("html"))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert "an HTML page" in result.stderr
    assert "embedded in the package" in done("info")


def test_update_from_a_file_and_from_a_url_exclude_each_other(folder: Path) -> None:
    """Which of the two would be guessed otherwise."""
    result = annotate("registry", "update", "--from", folder / "iana-2026-08-17.csv", "--url", "https://x.example")
    assert result.returncode == 2
    assert "not both" in result.stderr


def test_update_from_a_file(folder: Path) -> None:
    """Of an earlier day needs --force, and then the difference is told."""
    older = folder / "iana-2026-04-24.csv"
    assert annotate("registry", "update", "--from", older).returncode == 1
    assert "4 added, 25 removed, 18 changed" in done("update", "--from", older, "--force")
    assert "25 added, 4 removed, 18 changed" in done("update", "--from", folder / "iana-2026-08-17.xml")


def test_a_slow_fetch_shows_a_bar_on_a_terminal_only(server: Server) -> None:
    """On standard error, with what has come of what there is; nothing of it in a pipe."""
    slow = ("registry", "update", "--url", server.url("drip"), "--timeout", "1.5")
    shown = on_terminal(*slow, stream="stderr")
    assert "fetching" in shown
    assert "/1.0 MB" in shown
    result = annotate(*slow)
    assert "fetching" not in result.stdout + result.stderr
    assert "not there after 1.5 s" in result.stderr


def test_import_of_every_form(folder: Path) -> None:
    """Installed, and not used before it is chosen."""
    files = ["iana-2018-02-12.csv", "iana-2026-08-17.xml", "iana-2026-08-17.txt", "seed-page.txt"]
    text = done("import", *(folder / name for name in files))
    for words in ("14,058 records (csv)", "14,533 records (xml)", "14,533 records (txt)", "101 records (page)"):
        assert words in text
    info = json.loads(done("info", "--format", "json"))
    assert sorted(each["form"] for each in info["installed"]) == ["csv", "page", "txt", "xml"]
    assert [each["updated"] for each in info["installed"]][:2] == ["2018-02-12", "2025-09-29"]
    assert info["form"] == "csv"
    assert info["updated"] == "2026-08-17"


def test_a_file_that_is_no_registry_is_not_imported(tmp_path: Path) -> None:
    """One line, and nothing is installed."""
    path = tmp_path / "x"
    path.write_text("junk")
    result = annotate("registry", "import", path)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert json.loads(done("info", "--format", "json"))["installed"] == []


def test_diff_in_every_form(folder: Path) -> None:
    """18 changed, 4 removed, 25 added."""
    versions = [folder / "iana-2026-04-24.csv", folder / "iana-2026-08-17.csv"]
    found = json.loads(done("diff", *versions, "--format", "json"))
    assert [len(found[name]) for name in ("changed", "removed", "added")] == [18, 4, 25]
    text = done("diff", *versions)
    for words in ("25 added", "4 removed", "18 changed"):
        assert words in text.splitlines()
    marked = done("diff", *versions, "--format", "md")
    for words in ("## Added (25)", "## Removed (4)", "## Changed (18)"):
        assert words in marked.splitlines()


def test_diff_of_installed_ones_by_name(folder: Path) -> None:
    """By date, by hash, the one in use, the one in the package."""
    done("import", folder / "iana-2018-02-12.csv")
    for name in ("2018-02-12", "dda23208987f"):
        found = json.loads(done("diff", name, "embedded", "--format", "json"))
        assert found["old"]["records"] == 14058
    assert json.loads(done("diff", "current", "embedded", "--format", "json"))["changed"] == []
    result = annotate("registry", "diff", "nonesuch", "embedded")
    assert result.returncode == 1
    assert "nonesuch: no such file, and no installed registry" in result.stderr


def test_export_and_import_again(tmp_path: Path) -> None:
    """Nothing is lost, and nothing is written over unasked."""
    path = tmp_path / "out.csv"
    done("export", "-o", path)
    assert json.loads(done("diff", path, "embedded", "--format", "json"))["changed"] == []
    again = annotate("registry", "export", "-o", path)
    assert again.returncode == 1
    assert "--force" in again.stderr
    done("export", "-o", path, "--force")


def test_export_to_standard_output() -> None:
    """What others read, from the registry that is asked for."""
    assert done("export", "--format", "services", "https").splitlines()[-1].startswith("https           443/sctp")
    assert "define svc_https_tcp = 443" in done("export", "--format", "nftables", "https")
    assert ET.fromstring(done("export", "--format", "firewalld", "ssh")).findtext("short") == "ssh"  # noqa: S314 (ours)


def test_export_of_many_files_goes_into_a_folder(tmp_path: Path) -> None:
    """One for each service; without a folder that is a usage error."""
    result = annotate("registry", "export", "--format", "firewalld", "ssh", "https")
    assert result.returncode == 2
    assert "a folder with -o" in result.stderr
    folder = tmp_path / "services"
    done("export", "--format", "firewalld", "ssh", "https", "-o", folder)
    assert sorted(path.name for path in folder.iterdir()) == ["https.xml", "ssh.xml"]
    result = annotate("registry", "export", "--format", "firewalld", "ssh", "telnet", "-o", folder)
    assert result.returncode == 1
    assert sorted(path.name for path in folder.iterdir()) == ["https.xml", "ssh.xml"]


@pytest.mark.parametrize("command", ["info", "update", "rollback", "use", "import", "diff", "export"])
def test_every_command_has_its_help(command: str) -> None:
    """It says what the command is for."""
    assert done(command, "--help").startswith(f"Usage: annotate registry {command}")


def test_colours_of_a_difference_on_a_terminal_only(folder: Path) -> None:
    """As everywhere."""
    versions = [folder / "iana-2026-04-24.csv", folder / "iana-2026-08-17.csv"]
    assert "\x1b[" in on_terminal("registry", "diff", *versions)
    assert "\x1b" not in done("diff", *versions)
