"""tshark, asked about small captures: the only user of pyshark.

pyshark parses what tshark writes; the process is started, bounded and reaped here, in a thread and an event loop of
its own. So nothing depends on the caller's event loop or on asyncio's global child watcher, and no process, thread or
descriptor outlives a question.
"""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from annotator.scratch import scratch_folder

OLDEST: Final = (3, 0)
"""The first version whose JSON names every frame's protocols the way that is read here."""
TERMINATE_S: Final = 5.0
"""For the thread to end once it was told to."""
UNWATCHED_PORTS: Final = range(20011, 65000)
"""Where neutral ports are looked for: beyond the well-known ones."""
PREFERENCES: Final = (
    "tcp.analyze_sequence_numbers:FALSE",  # an excerpt has gaps, which are no fault of the payload
    "tcp.try_heuristic_first:TRUE",
    "udp.try_heuristic_first:TRUE",
)

Answer = TypeVar("Answer")


class TsharkError(Exception):
    """tshark is missing, too old, failed, or took too long; the message says which, in words for an issue."""


class Tshark:
    """One installed tshark, and the time that all its answers together may take."""

    def __init__(self, seconds: float, program: str = "tshark") -> None:
        """Find `program` and its version, and start the clock.

        Raises :class:`TsharkError` where it or pyshark is missing, it is too old, or gives no version.
        """
        self._deadline = time.monotonic() + seconds
        self._seconds = seconds
        path = shutil.which(program)
        if path is None:
            raise TsharkError(f"{program} is not installed; install Wireshark's tshark, or go without --deep")
        self._path = path
        try:
            import pyshark  # noqa: F401  (0.06 s, and only --deep needs it)
        except ImportError as error:
            raise TsharkError(f"pyshark cannot be imported ({error}); install it, or go without --deep") from None
        found = re.search(r"(\d+)\.(\d+)\.(\d+)", self._say("-v"))
        if not found:
            raise TsharkError(f"{program} does not say its version; is it Wireshark's tshark?")
        self.version = ".".join(found.groups())
        if tuple(map(int, found.groups()[:2])) < OLDEST:
            raise TsharkError(f"tshark {self.version} is too old: {OLDEST[0]}.{OLDEST[1]} or newer is needed")

    def neutral_ports(self, count: int) -> list[int]:
        """Give `count` ports that no dissector of this tshark listens on, on TCP nor UDP."""
        used = set()
        for line in self._say("-G", "decodes").splitlines():
            table, _, rest = line.partition("\t")
            number = rest.partition("\t")[0]
            if table in ("tcp.port", "udp.port") and number.isdigit():
                used.add(int(number))
        if len(used) < 100:
            raise TsharkError("tshark does not say which ports its dissectors listen on")
        return [port for port in UNWATCHED_PORTS if port not in used][:count]

    def protocols(
        self, capture: Path, display_filter: str = "", decode_as: Mapping[str, str] | None = None
    ) -> dict[int, list[str]]:
        """Give, by frame number, the layers of each packet of `capture` that passes, outermost first.

        Raises :class:`TsharkError` where tshark fails, or the time is over.
        """
        found: dict[int, list[str]] = {}

        def note(packet: Any) -> None:
            found[int(packet.number)] = str(packet.frame_info.protocols).split(":")

        self._ask(capture, note, display_filter, decode_as or {}, ["-j", "frame"], use_json=True)
        return found

    def details(self, capture: Path, decode_as: Mapping[str, str], most: int) -> dict[int, list[tuple[str, list[str]]]]:
        """Give, by frame number, each layer's name and its fields as tshark words them, at most `most` a layer."""
        found: dict[int, list[tuple[str, list[str]]]] = {}

        def note(packet: Any) -> None:
            found[int(packet.number)] = [
                (str(layer.layer_name), [line for line in _worded(layer) if line][:most]) for layer in packet.layers
            ]

        self._ask(capture, note, "", decode_as, [], use_json=False)
        return found

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TsharkError(f"tshark took more than {self._seconds:g} s")
        return left

    def _say(self, *words: str) -> str:
        try:
            run = subprocess.run(  # noqa: S603 (the tshark that was found, with words of our own)
                [self._path, *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=self._left(), check=False
            )
        except subprocess.TimeoutExpired:
            raise TsharkError(f"tshark took more than {self._seconds:g} s") from None
        except OSError as error:
            raise TsharkError(f"tshark cannot be run: {error.strerror or error}") from None
        return run.stdout.decode(errors="replace")

    def _ask(
        self,
        capture: Path,
        note: Callable[[Any], None],
        display_filter: str,
        decode_as: Mapping[str, str],
        parameters: Sequence[str],
        *,
        use_json: bool,
    ) -> None:
        from packaging.version import parse
        from pyshark import FileCapture
        from pyshark.tshark.tshark import TSharkVersionException

        path, version = self._path, parse(self.version)

        class Excerpt(FileCapture):  # type: ignore[misc]  # pyshark has no types
            """pyshark's capture, with a process that is ours."""

            process: _Process | None = None
            complaint = ""

            async def _handle_process_stderr_forever(self, stderr: asyncio.StreamReader) -> None:
                while line := await stderr.readline():
                    if line.startswith(b"tshark:") and not self.complaint:
                        self.complaint = " ".join(line.decode(errors="replace").split())[:200]

            def _get_tshark_path(self) -> str:
                return path

            def _get_tshark_version(self) -> Any:
                return version

            async def _get_tshark_process(self, packet_count: int | None = None, stdin: Any = None) -> "_Process":
                del stdin
                words = [path, "-l", "-n", "-T", "json" if use_json else "pdml", *self.get_parameters(packet_count)]
                if use_json:
                    words.append("--no-duplicate-keys")
                self.process = await _Process.start(words, config)
                self._create_stderr_handling_task(self.process.stderr)
                self._running_processes.add(self.process)
                return self.process

            async def hear(self) -> None:
                """Wait a moment for the rest of what tshark complains of."""
                if self._stderr_handling_tasks:
                    await asyncio.wait(self._stderr_handling_tasks, timeout=1)

            def forget(self) -> None:
                self._running_processes.clear()

        async def read() -> None:
            excerpt = Excerpt(
                str(capture),
                keep_packets=False,
                use_json=use_json,
                display_filter=display_filter or None,
                decode_as=dict(decode_as),
                custom_parameters=[*parameters, *(word for text in PREFERENCES for word in ("-o", text))],
                eventloop=asyncio.get_running_loop(),
            )
            try:
                async with asyncio.timeout(self._left()):
                    await excerpt.packets_from_tshark(note)
                if excerpt.process and excerpt.process.returncode:
                    raise TsharkError(excerpt.complaint or f"tshark ended with {excerpt.process.returncode}")
            except TimeoutError:
                raise TsharkError(f"tshark took more than {self._seconds:g} s") from None
            except TsharkError:
                raise
            except TSharkVersionException as error:
                raise TsharkError(str(error)) from None
            except Exception as error:  # pyshark lets out whatever its parsers and tshark's output make of each other
                await excerpt.hear()
                said = excerpt.complaint.removeprefix("tshark: ") or " ".join(str(error).split())[:200]
                raise TsharkError(f"tshark failed: {said or type(error).__name__}") from None
            finally:
                excerpt.forget()  # or its __del__ would look for them in a closed loop
                if excerpt.process:
                    excerpt.process.end()

        with scratch_folder() as config:
            _in_thread(read, self._left())


class _Process:
    """A running tshark, as pyshark wants it: what asyncio's own has, without the global child watcher."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._transports: list[asyncio.BaseTransport] = []
        self.pid = process.pid
        self.stdout = asyncio.StreamReader()
        self.stderr = asyncio.StreamReader()

    @classmethod
    async def start(cls, words: Sequence[str], config: Path) -> "_Process":
        """Start tshark with no preferences but those of the command line."""
        environment = {**os.environ, "WIRESHARK_CONFIG_DIR": str(config), "LC_ALL": "C.UTF-8"}
        made = cls(
            subprocess.Popen(  # noqa: S603 (the tshark that was found, with words of our own)
                list(words),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                start_new_session=True,  # a group of its own, to be ended as one
            )
        )
        loop = asyncio.get_running_loop()
        try:
            for reader, pipe in ((made.stdout, made._process.stdout), (made.stderr, made._process.stderr)):
                transport, _ = await loop.connect_read_pipe(partial(asyncio.StreamReaderProtocol, reader), pipe)
                made._transports.append(transport)
        except BaseException:
            made.end()
            raise
        return made

    @property
    def returncode(self) -> int | None:
        """The exit status; after the end of the output it is worth a moment's wait."""
        if self.stdout.at_eof():
            try:
                return self._process.wait(2)
            except subprocess.TimeoutExpired:
                return None
        return self._process.poll()

    def kill(self) -> None:
        """End it at once, and what it started: a grandchild would hold the pipes open."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    async def wait(self) -> int:
        """Wait for its end."""
        while self._process.poll() is None:
            await asyncio.sleep(0.01)
        return int(self._process.returncode)

    def end(self) -> None:
        """Leave nothing behind: neither the process, nor a zombie, nor a descriptor."""
        self.kill()
        self._process.wait()
        for transport in self._transports:
            transport.close()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe and len(self._transports) < 2:
                pipe.close()


def _in_thread(ask: Callable[[], Coroutine[Any, Any, Answer]], seconds: float) -> Answer:
    """Run a coroutine in a thread and a loop of its own; its exception is raised here."""
    loop = asyncio.new_event_loop()
    answers: list[Answer] = []
    errors: list[BaseException] = []
    tasks: list[asyncio.Task[Answer]] = []

    async def whole() -> Answer:
        tasks.append(asyncio.ensure_future(ask()))
        return await tasks[0]

    def work() -> None:
        try:
            answers.append(loop.run_until_complete(whole()))
        except BaseException as error:  # handed to the thread that waits
            errors.append(error)
        finally:
            loop.run_until_complete(_finish())
            loop.close()

    def cancel() -> None:
        for task in tasks:
            task.cancel()

    thread = threading.Thread(target=work, name="tshark", daemon=True)
    thread.start()
    try:
        thread.join(seconds + TERMINATE_S)
    except BaseException:  # Ctrl-C among others: take tshark down first
        loop.call_soon_threadsafe(cancel)
        thread.join(TERMINATE_S)
        raise
    if thread.is_alive():
        loop.call_soon_threadsafe(cancel)
        thread.join(TERMINATE_S)
        raise TsharkError("tshark's output could not be read in time")
    if errors:
        raise errors[0]
    return answers[0]


async def _finish() -> None:
    """Cancel what still runs in this loop, and let transports close their pipes."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    await asyncio.sleep(0)


def _worded(layer: Any) -> Iterable[str]:
    """Give the fields of a layer of pyshark's as tshark words them, in order."""
    for field in getattr(layer, "_all_fields", {}).values():
        yield str(getattr(field, "showname", None) or "")
