#!/usr/bin/env python3
"""Record the sample captures and their truth table: real servers, real clients, hosts in namespaces.

Needs root and the Debian packages that README.md lists. Touches nothing of this machine but this folder.
"""

import argparse
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

from recorder.hosts import Lab, RecordingError, say
from recorder.material import make_keys
from recorder.packages import require
from recorder.scenarios import ALL
from recorder.truth import write

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Record what the command line asks for; exit 0 done, 1 failed, 2 usage, 130 interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="*", help=f"of {', '.join(ALL)} (default: all)")
    parser.add_argument(
        "--into", type=Path, default=HERE, help="folder of captures and truth.csv (default: %(default)s)"
    )
    args = parser.parse_args()
    if unknown := set(args.scenario) - set(ALL):
        parser.error(f"unknown scenario: {', '.join(sorted(unknown))}")
    if os.geteuid() != 0:
        print("record.py: needs root to make network namespaces; run it with sudo", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # on one processor: packets that several of them handle at once may reach a capture out of order
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    try:
        require()
        for name in args.scenario or ALL:
            say(f"{name} …")
            record(name, args.into)
    except (RecordingError, subprocess.SubprocessError, OSError) as error:
        print(f"record.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def record(name: str, into: Path) -> None:
    """Record one scenario in a laboratory of its own and publish its captures and rows."""
    with tempfile.TemporaryDirectory(prefix="record-") as scratch:
        work = Path(scratch)
        work.chmod(0o755)  # servers that give up root read here
        if closed := [folder for folder in work.parents if not folder.stat().st_mode & stat.S_IXOTH]:
            raise RecordingError(f"servers that give up root cannot pass {closed[0]}: set TMPDIR to another folder")
        make_keys(work)
        with Lab(work) as lab:
            recorded = ALL[name](lab)
        recorded.publish(work, into)
    write(into / "truth.csv", recorded.rows)


if __name__ == "__main__":
    sys.exit(main())
