"""The runners of the race: how each tool is asked for a flow table of a capture, and how to read its answer."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
NFSTREAM_PYTHON = HERE.parent / "data" / "nfstream" / "bin" / "python"
"""nfstream lives in an environment of its own: its requirements are not ours."""
SOFTFLOWD_FLOWS = 4_194_304
"""Room for all flows; softflowd's default of 8,192 would make it throw flows out early."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One runner."""

    name: str
    program: str
    """Where it is, or its name to be looked up."""
    arguments: Callable[[Path, Path], list[str]]
    """Of the capture and a folder for output."""
    version: tuple[str, ...]
    """Arguments that make it tell its version, or none."""
    flows: Callable[[Path], int | None]
    """Reads from the folder how many flows it found, so that one sees that work was done."""
    counts: str
    """What it calls a flow."""
    prepare: tuple[str, ...] = ()
    """Arguments that make it ready, once after it was installed; none where it is ready as it is."""

    def path(self) -> str | None:
        """Find the program; None where it is not installed."""
        return shutil.which(self.program)


def text(folder: Path, name: str = "stdout") -> str:
    """Read a tool's output."""
    return (folder / name).read_text(encoding="utf-8", errors="replace")


def number(pattern: str, words: str) -> int | None:
    """Find the first number that `pattern` captures."""
    found = re.search(pattern, words)
    return int(found.group(1).replace(",", "")) if found else None


def output(*command: str) -> str:
    """Run a helper and give what it says."""
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    return done.stdout + done.stderr


def beside_python(name: str) -> str:
    """Find a command of this Python's environment, else of the search path."""
    own = Path(sys.executable).parent / name
    return str(own) if own.exists() else name


def tools(collector: int, before: Sequence[str] = ()) -> list[Tool]:
    """List the runners.

    `collector` is a UDP port on loopback where exported flows may go; `before` a command that runs another annotate,
    say that of an older checkout.
    """
    annotate = beside_python("annotate")
    nfstream = str(NFSTREAM_PYTHON)
    streamer = str(HERE / "nfstream_flows.py")
    biflows, oneway = "biflows", "one-way flows"

    def report_flows(folder: Path) -> int | None:
        return number(r"([\d,]+) flows?\b", text(folder))

    runners = [
        Tool(
            "annotate",
            annotate,
            lambda capture, _: [str(capture)],
            ("--version",),
            report_flows,
            f"{biflows}, the report on the terminal",
            ("--prepare",),
        ),
        Tool(
            "annotate (json)",
            annotate,
            lambda capture, folder: [str(capture), "-o", str(folder / "report.json")],
            (),
            lambda folder: number(r'"flows": ?(\d+)', text(folder, "report.json").partition('"totals"')[2]),
            f"{biflows}, the report as JSON",
        ),
        Tool(
            "annotate (csv)",
            annotate,
            lambda capture, folder: [str(capture), "-o", str(folder / "flows.csv")],
            (),
            lambda folder: sum(line[:1] == '"' for line in text(folder, "flows.csv").splitlines()) - 1,
            f"{biflows}, all rows as CSV",
        ),
        Tool(
            "tshark",
            "tshark",
            lambda capture, _: ["-n", "-q", "-r", str(capture), "-z", "conv,tcp", "-z", "conv,udp"],
            ("--version",),
            lambda folder: text(folder).count("<->"),
            "conversations, TCP and UDP only",
        ),
        Tool(
            "nfstream",
            nfstream,
            lambda capture, _: [streamer, str(capture), "20"],
            (streamer, "--version"),
            lambda folder: number(r"(\d+)", text(folder)),
            f"{biflows}, with nDPI",
        ),
        Tool(
            "nfstream (no nDPI)",
            nfstream,
            lambda capture, _: [streamer, str(capture), "0"],
            (),
            lambda folder: number(r"(\d+)", text(folder)),
            biflows,
        ),
        Tool(
            "argus",
            "argus",
            lambda capture, folder: ["-r", str(capture), "-w", str(folder / "out.argus")],
            ("-h",),
            lambda folder: number(r"sum\s+(\d+)", output("racount", "-r", str(folder / "out.argus"))),
            "status records, one a minute and flow",
        ),
        Tool(
            "nfpcapd",
            "nfpcapd",
            lambda capture, folder: ["-r", str(capture), "-w", str(folder)],
            ("-V",),
            lambda folder: number(r"Flows: (\d+)", output("nfdump", "-I", "-R", str(folder))),
            oneway,
        ),
        Tool(
            "softflowd",
            "softflowd",
            lambda capture, folder: [
                *("-d", "-r", str(capture), "-n", f"127.0.0.1:{collector}", "-v", "9"),
                # no control socket: softflowd 1.1.0, reading a file, may take it for readable and wait for ever
                *("-m", str(SOFTFLOWD_FLOWS), "-p", str(folder / "pid"), "-c", "none"),
            ],
            ("-h",),
            lambda folder: number(r"Flows exported: (\d+)", text(folder) + text(folder, "stderr")),
            f"{biflows}, exported as NetFlow 9",
        ),
        Tool(
            "ndpiReader",
            "ndpiReader",
            lambda capture, _: ["-i", str(capture)],
            ("-h",),
            lambda folder: number(r"Unique flows:\s+(\d+)", text(folder)),
            f"{biflows}, with nDPI",
        ),
        Tool(
            "yaf",
            "yaf",
            lambda capture, folder: ["--in", str(capture), "--out", str(folder / "out.yaf")],
            ("--version",),
            lambda _: None,
            f"{biflows}, as IPFIX",
        ),
    ]
    if before:
        earlier = Tool(
            "annotate (before)",
            before[0],
            lambda capture, _: [*before[1:], str(capture)],
            (*before[1:], "--version"),
            report_flows,
            f"{biflows}, the report on the terminal",
            (*before[1:], "--prepare"),
        )
        runners.insert(0, earlier)
    return runners


def collector() -> socket.socket:
    """Open a UDP port on loopback; what nobody reads, the kernel drops, and no error goes back."""
    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.bind(("127.0.0.1", 0))
    return sink


def version(tool: Tool) -> str:
    """Ask a tool for its version: the first thing like one that it says."""
    path = tool.path()
    if path is None or not tool.version:
        return ""
    found = re.search(r"\b\d+\.\d+(?:\.\d+)*\b", output(path, *tool.version))
    return found.group() if found else "?"
