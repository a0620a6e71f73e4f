"""A filter in tcpdump's language, applied to batches: one program for each link type, compiled when it is met."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.errors import UsageError
from annotator.filter.libpcap import RefusedError, compile_text
from annotator.filter.machine import Program, filter_packets
from annotator.filter.names import PortsNamed, explain, split, translate
from annotator.filter.position import good_tokens
from annotator.model import Issue, PacketBatch

COMMON_LINKS: Final = (1, 101, 113, 127, 105, 123, 117, 140, 276, 122)
"""Link types whose filter words differ: Ethernet, raw IP, cooked, 802.11 with and without radiotap, ATM, pf log, SS7.
A filter that none of them takes is refused before any capture is read."""
MOST_WORDS: Final = 1000
"""libpcap's compiler takes seconds for a filter of that length, and a hundred times as many crash it."""
SYNTAX: Final = "syntax error"
"""What libpcap says of most bad filters, in words that differ by version."""


class PacketFilter:
    """The filter of a run."""

    def __init__(self, text: str, ports_named: PortsNamed) -> None:
        """Check the filter `text`, whose port names `ports_named` knows.

        Raises :class:`~annotator.errors.UsageError` where it is none, with how far it is good, and
        :class:`~annotator.errors.AnnotatorError` where libpcap is not installed.
        """
        self._refused: dict[int, tuple[int, int]] = {}
        """Packets of the present capture by link type that the filter cannot be compiled for: count, first frame."""
        self._used = False
        self._unfit: set[int] = set()
        self._tokens = split(text)
        self._words = translate(self._tokens, ports_named)
        self._text = " ".join(self._words)
        self._programs: dict[int, Program | str] = {}
        if self._text.count(" ") >= MOST_WORDS:
            raise UsageError(f"-f: the filter has more than {MOST_WORDS:,} words; name networks, or use a portrange")
        if not any(self._applies(link) for link in COMMON_LINKS):
            raise UsageError(self._explanation())

    def _compile(self, link_type: int) -> Program | str:
        """Give the program for a link type, or libpcap's reason against it."""
        if link_type not in self._programs:
            try:
                self._programs[link_type] = compile_text(self._text, link_type)
            except RefusedError as refusal:
                self._programs[link_type] = str(refusal)
        return self._programs[link_type]

    def _applies(self, link_type: int) -> bool:
        return isinstance(self._compile(link_type), Program)

    def _explanation(self) -> str:
        def compiles(beginning: str) -> bool:
            try:
                compile_text(beginning, COMMON_LINKS[0])
            except RefusedError:
                return False
            return True

        good = good_tokens(self._words, compiles)
        why = self._why(COMMON_LINKS[0])
        if good < len(self._words) and self._words[good - 1 : good] in (["proto"], ["protochain"]) and SYNTAX in why:
            why += "; a name that is a word of the language is written with a backslash before it"
        if good == len(self._words):
            return f"-f: the filter {' '.join(self._tokens)!r} is good, but its end is missing"
        return explain(self._tokens[:good], " ".join(self._tokens[good:]), why)

    def verdicts(self, batch: PacketBatch) -> NDArray[np.bool_]:
        """Say which packets of `batch` pass: bool[n]. Packets of a link type that the filter does not fit do not."""
        keep: NDArray[np.bool_] = np.zeros(len(batch), np.bool_)
        for link_type in np.unique(batch.link_type).tolist():
            program = self._compile(link_type)
            if isinstance(program, Program):
                self._used = True
                filter_packets(
                    program.columns,
                    batch.data,
                    batch.offset,
                    batch.caplen,
                    batch.origlen,
                    batch.link_type,
                    link_type,
                    keep,
                )
                continue
            self._unfit.add(link_type)
            found = np.flatnonzero(batch.link_type == link_type)
            count, first_frame = self._refused.get(link_type, (0, batch.first_frame + int(found[0])))
            self._refused[link_type] = count + len(found), first_frame
        return keep

    def take_issues(self, capture: int) -> list[Issue]:
        """Report the packets of the capture just read whose link type the filter does not fit, and forget them."""
        issues = [
            Issue(
                "filter_link_type",
                "file",
                count,
                first_frame,
                f"the filter does not fit link type {link_type}, none of its packets passed: {self._why(link_type)}",
                capture,
                partial=True,
            )
            for link_type, (count, first_frame) in sorted(self._refused.items())
        ]
        self._refused.clear()
        return issues

    def check_used(self) -> None:
        """Raise :class:`~annotator.errors.UsageError` where packets were read, and the filter fitted none of them."""
        if self._unfit and not self._used:
            link_type = min(self._unfit)
            raise UsageError(f"-f: the filter does not fit the captures' link type {link_type}: {self._why(link_type)}")

    def _why(self, link_type: int) -> str:
        """Give libpcap's reason against a link type, without the prefix that differs by version."""
        return str(self._compile(link_type)).removeprefix("can't parse filter expression: ")
