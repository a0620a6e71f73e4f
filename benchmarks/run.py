"""Race annotate against other tools: ``python -m benchmarks.run CAPTURE [--repeat N] [--only NAME]… [--json FILE]``.

Every tool reads the same file, whole command, start-up included; the tools take turns (A B C A B C …) so that a slow
minute of the machine hits all of them; the page cache is warm, and `annotate --prepare` was run. The middle of the
wall and processor times is shown, and the largest peak of memory. A tool that is not installed is named as absent.
"""

import argparse
import json
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.race.machine import describe
from benchmarks.race.measure import run
from benchmarks.race.table import Entry, as_data, as_markdown, as_text
from benchmarks.race.tools import Tool, collector, tools, version

ACCEPTED_EXITS = {"annotate": (0, 4)}
"""4: the report is written, and says what of the capture could not be decoded."""


def count_packets(capture: Path) -> int:
    """Ask capinfos how many packets a capture holds."""
    if shutil.which("capinfos") is None:
        sys.exit("capinfos is not here to count the packets: install tshark, or give --packets")
    done = subprocess.run(
        ["capinfos", "-c", "-M", "-T", "-r", str(capture)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"capinfos cannot read {capture}: {done.stderr.strip()}")
    return int(done.stdout.split("\t")[-1])


def warm(capture: Path) -> None:
    """Read the file once, so that it is in memory for the first tool as for the last."""
    with capture.open("rb") as file:
        while file.read(1 << 20):
            pass


def turn(tool: Tool, entry: Entry, capture: Path, scratch: Path, timeout_s: float) -> None:
    """Let one tool run once, and note how it did."""
    path = tool.path()
    if path is None or entry.problem:
        return
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        folder = Path(name)
        measured = run([path, *tool.arguments(capture, folder)], folder, timeout_s)
        if measured.exit_code not in ACCEPTED_EXITS.get(tool.name.split()[0], (0,)):
            words = (folder / "stderr").read_text(errors="replace").strip().splitlines()
            entry.problem = f"failed with exit code {measured.exit_code}: {words[-1] if words else 'no word'}"
            entry.runs.clear()
            return
        entry.runs.append(measured)
        if entry.flows is None:
            entry.flows = tool.flows(folder)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__.split("\n", 1)[0])
    parser.add_argument("capture", type=Path)
    parser.add_argument("--repeat", type=int, default=5, help="turns of every tool (default: %(default)s)")
    parser.add_argument("--only", action="append", help="just this tool; may be given again")
    parser.add_argument("--skip", action="append", default=[], help="not this tool; may be given again")
    parser.add_argument(
        "--as-installed", action="store_true", help="warm annotate up by a run that does not count, not by --prepare"
    )
    parser.add_argument("--before", type=shlex.split, default=[], help="command of another annotate, to compare")
    parser.add_argument("--packets", type=int, help="packets in the capture, if capinfos is not to be asked")
    parser.add_argument("--timeout", type=float, default=900, help="seconds for one run (default: %(default)s)")
    parser.add_argument("--scratch", type=Path, default=Path(tempfile.gettempdir()), help="where tools may write")
    parser.add_argument("--json", type=Path, help="write every run")
    parser.add_argument("--markdown", type=Path, help="write the table")
    parser.add_argument("--list", action="store_true", help="name the tools, and end")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Run the command."""
    options = parse(arguments)
    sink = collector()
    runners = tools(sink.getsockname()[1], options.before)
    names = [tool.name for tool in runners]
    unknown = set(options.only or []) | set(options.skip)
    if unknown - set(names):
        sys.exit(f"no such tool: {', '.join(sorted(unknown - set(names)))}; there are {', '.join(names)}")
    runners = [tool for tool in runners if tool.name in (options.only or names) and tool.name not in options.skip]
    capture = options.capture.resolve()
    packets = options.packets or count_packets(capture)
    machine = describe()
    entries = []
    for tool in runners:
        entry = Entry(tool.name, version(tool), counts=tool.counts)
        if tool.path() is None:
            entry.problem = "absent: not installed here"
        words = [tool.program, *tool.arguments(Path(capture.name), Path())]
        entry.command = shlex.join(Path(word).name if Path(word).is_absolute() else word for word in words)
        entries.append(entry)
    print(", ".join(f"{key}: {value}" for key, value in machine.items()))
    size = capture.stat().st_size
    print(f"{capture.name}: {packets:,} packets, {size:,} bytes, page cache warm, {options.repeat} turns")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that runners are ended with us
    warm(capture)
    for tool, entry in zip(runners, entries, strict=True):
        if tool.prepare and not options.as_installed and (path := tool.path()):
            subprocess.run([path, *tool.prepare], check=True)
        elif tool.prepare:
            turn(tool, entry, capture, options.scratch, options.timeout)
            entry.runs.clear()
    for number in range(options.repeat):
        for tool, entry in zip(runners, entries, strict=True):
            print(f"\rturn {number + 1} of {options.repeat}: {tool.name:20}", end="", file=sys.stderr, flush=True)
            turn(tool, entry, capture, options.scratch, options.timeout)
        if options.json:  # after each turn: a race that is broken off has not been in vain
            about = {"name": capture.name, "packets": packets, "bytes": size}
            result = {"machine": machine, "capture": about, "tools": as_data(entries)}
            options.json.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print("\r" + " " * 50 + "\r", end="", file=sys.stderr)
    sink.close()
    print(as_text(entries, packets))
    if options.markdown:
        options.markdown.write_text(as_markdown(entries, packets) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
