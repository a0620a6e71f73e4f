"""The recorder writes what it did, leaves nothing behind, and says what it needs."""

import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from tests.samples.table import CAPTURES, SAMPLES, read, rows_of

RECORD = SAMPLES / "record.py"
SHB, IDB = 0x0A0D0D0A, 1


@pytest.fixture(autouse=True)
def recorder_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests import the recorder as its own script does."""
    monkeypatch.syspath_prepend(SAMPLES)


def module(name: str) -> ModuleType:
    """Import a module of the recorder."""
    return import_module(name)


def block(kind: int, body: bytes) -> bytes:
    """Build a little-endian pcapng block."""
    total = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + total + body + total


def option(code: int, value: bytes) -> bytes:
    """Build a little-endian pcapng option, padded."""
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def test_machine_is_taken_out_and_nothing_else() -> None:
    """Hardware and system leave the headers; comments, names and packet blocks stay byte for byte."""
    shb = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    idb = struct.pack("<HHI", 1, 0, 96)
    comment, appl, name = option(1, b"note"), option(4, b"dumpcap"), option(2, b"eth0")
    end, packet = option(0, b""), block(6, option(2, b"not an option but data"))
    written = block(SHB, shb + comment + option(2, b"some cpu") + option(3, b"some system") + appl + end)
    written += block(IDB, idb + name + option(12, b"some system") + end) + packet
    expected = block(SHB, shb + comment + appl + end) + block(IDB, idb + name + end) + packet
    assert module("recorder.capture").without_machine(written) == expected


@pytest.mark.parametrize("capture", [name for name in CAPTURES if name.endswith(".pcapng")])
def test_captures_do_not_name_the_machine(capture: str) -> None:
    """No committed pcapng tells of the hardware and system that it was recorded on."""
    written = (SAMPLES / capture).read_bytes()
    assert module("recorder.capture").without_machine(written) == written


def test_two_truths_of_an_endpoint_are_an_error() -> None:
    """An endpoint that answered one client and refused another has no one outcome, so recording fails."""
    hosts, truth = module("recorder.hosts"), module("recorder.truth")
    server = hosts.Host("web", Path(), 1, "10.0.4.22")
    service, ledger = truth.Service(server, "tcp", 80, "http"), truth.Ledger()
    for outcome in ("established", "refused"):
        ledger.note("10.0.4.101", service, outcome=outcome)
    with pytest.raises(hosts.RecordingError, match="two truths"):
        ledger.rows("office.pcapng")


def test_flows_are_summed_where_all_are_known() -> None:
    """A client whose flows can't be known leaves the endpoint's count empty; addresses stand once, in order."""
    hosts, truth = module("recorder.hosts"), module("recorder.truth")
    server = hosts.Host("infra", Path(), 1, "10.0.4.53")
    known, unknown = (truth.Service(server, "udp", port, "dns") for port in (53, 123))
    ledger = truth.Ledger()
    for client in ("10.0.4.101", "10.0.4.22", "10.0.4.101"):
        ledger.note(client, known)
        ledger.note(client, unknown, flows=None if client == "10.0.4.22" else 1)
    rows = {row["responder_port"]: row for row in ledger.rows("office.pcapng")}
    assert (rows["53"]["flows"], rows["123"]["flows"]) == ("3", "")
    assert rows["53"]["initiator_addrs"] == "10.0.4.22 10.0.4.101"


def test_recording_one_capture_keeps_the_rows_of_others(tmp_path: Path) -> None:
    """The table is written anew with the other captures' rows as they were."""
    table = tmp_path / "truth.csv"
    shutil.copyfile(SAMPLES / "truth.csv", table)
    module("recorder.truth").write(table, {"scan.pcapng": []})
    assert read(table) == [row for row in read() if row.capture != "scan.pcapng"]


def test_root_is_asked_for_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without root nothing is begun, and one line says what to do."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "argv", ["record.py"])
    assert module("record").main() == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "sudo" in said


def test_unknown_scenarios_are_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt scenario is told before anything is recorded."""
    monkeypatch.setattr(sys, "argv", ["record.py", "ofice"])
    with pytest.raises(SystemExit) as exit_:
        module("record").main()
    assert exit_.value.code == 2


def test_readme_tells_of_every_capture_and_server() -> None:
    """README.md describes each capture, and names each server's package with the version that was recorded."""
    text = (SAMPLES / "README.md").read_text()
    servers = {row.server for row in read() if row.server}
    assert [name for name in CAPTURES if f"`{name}`" not in text] == []
    assert sorted(server for server in servers if f"`{server}`" not in text) == []


def test_readme_lists_the_packages() -> None:
    """The list that README.md tells to install is the one that the recorder asks for."""
    packages = module("recorder.packages")
    block = (SAMPLES / "README.md").read_text().split("```")[1]
    assert block.split() == sorted({*packages.TOOLS, *packages.SERVERS})


def _can_record() -> bool:
    if os.geteuid() != 0 or shutil.which("dpkg-query") is None:
        return False
    check = "import recorder.packages as p; p.require()"
    namespaces = ("unshare", "--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "true")
    commands = ((sys.executable, "-c", check), namespaces)
    return all(subprocess.run(each, cwd=SAMPLES, check=False, capture_output=True).returncode == 0 for each in commands)


needs_recorder = pytest.mark.skipif(not _can_record(), reason="needs root, namespaces and the recorder's packages")


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder that every user may pass through, which pytest's own is not."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path


def _processes_with(text: str) -> list[str]:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # it has ended meanwhile
            continue
    return [line for line in lines if text in line]


@pytest.mark.needs_root
@needs_recorder
def test_scratch_must_be_open_to_all(tmp_path: Path) -> None:
    """A scratch folder that servers could not read is told of in one line, before anything is recorded."""
    tmp_path.chmod(0o700)
    command = [sys.executable, str(RECORD), "vlans", "--into", str(tmp_path)]
    done = subprocess.run(
        command, env=os.environ | {"TMPDIR": str(tmp_path)}, check=False, timeout=60, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "TMPDIR" in done.stderr.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def _left_with(word: str) -> list[str]:
    """Give the processes that name a word and stay: the kernel ends the hosts' processes after their keepers."""
    for _ in range(50):
        if not _processes_with(word):
            break
        time.sleep(0.1)
    return _processes_with(word)


@pytest.mark.needs_root
@needs_recorder
def test_recording_again_gives_the_same_truth(tmp_path: Path, scratch: Path) -> None:
    """The VLAN scenario, recorded anew, has the rows that are committed, and nothing of it stays."""
    command = [sys.executable, str(RECORD), "vlans", "--into", str(tmp_path)]
    subprocess.run(command, env=os.environ | {"TMPDIR": str(scratch)}, check=True, timeout=120)
    # versions of servers are the machine's own
    fresh = [
        (row.endpoint, row.protocol, row.outcome, row.flows, row.initiator_addrs)
        for row in read(tmp_path / "truth.csv")
    ]
    old = [(row.endpoint, row.protocol, row.outcome, row.flows, row.initiator_addrs) for row in rows_of("vlan.pcap")]
    assert fresh == old
    assert list(scratch.iterdir()) == []
    assert _left_with(str(scratch)) == []


@pytest.mark.needs_root
@needs_recorder
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_recorder_leaves_no_process(tmp_path: Path, scratch: Path, how: signal.Signals) -> None:
    """Ctrl-C, an end by signal and even a kill take all hosts with them; nothing half-recorded is published."""
    recorder = subprocess.Popen(
        [sys.executable, RECORD, "vlans", "--into", tmp_path], env=os.environ | {"TMPDIR": str(scratch)}
    )
    for _ in range(300):
        if _processes_with(f"{scratch}/record-") and any("nginx" in line for line in _processes_with(str(scratch))):
            break
        with pytest.raises(subprocess.TimeoutExpired):
            recorder.wait(timeout=0.1)
    recorder.send_signal(how)
    assert recorder.wait(timeout=30) == (-signal.SIGKILL if how == signal.SIGKILL else 130)
    assert _left_with(str(scratch)) == []
    assert list(tmp_path.iterdir()) == []
    if how != signal.SIGKILL:
        assert list(scratch.iterdir()) == []
