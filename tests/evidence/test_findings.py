"""From two directions to one observation: who wins, what it is called, whose words are shown, and who asked."""

from dataclasses import dataclass

import numpy as np
import pytest

from annotator.evidence import Observer
from annotator.evidence.findings import Findings, find
from annotator.evidence.observation import OBSERVATION, RANDOM
from annotator.evidence.probe import ANY_ROLE, CLIENT, CONFIRMED, NO, SERVER, SPECULATIVE
from annotator.flow.row import FLOW, NOT_SPLIT, SPLIT_ACTIVE, SPLIT_IDLE, SPLIT_REOPENED

NUMBERS = {probe.name: number for number, probe in enumerate(Observer().probes)}


@dataclass(frozen=True, slots=True)
class Side:
    """What one direction showed."""

    name: str = ""
    grade: int = NO
    role: int = ANY_ROLE
    label: str = ""
    upgraded: str = ""
    state: int = 0


NOTHING = Side()


def found(
    *flows: tuple[Side, Side], first_from: int = 0, previous: tuple[int, ...] = (), split: tuple[int, ...] = ()
) -> Findings:
    """Lay out flows whose directions showed this."""
    observer = Observer()
    observer.observations = np.zeros(len(flows), OBSERVATION)
    observer.used = len(flows)
    rows = np.zeros(len(flows), FLOW)
    rows["observation"] = np.arange(len(flows))
    rows["previous"] = previous or -1
    rows["split"] = split or NOT_SPLIT
    rows["first_from"] = first_from
    for k, flow in enumerate(flows):
        for d, side in enumerate(flow):
            seen = observer.observations[k]
            seen["protocol"][d] = NUMBERS.get(side.name, -1)
            seen["upgraded"][d] = NUMBERS.get(side.upgraded, -1)
            seen["grade"][d], seen["role"][d], seen["state"][d] = side.grade, side.role, side.state
            seen["label_at"][d], seen["label_length"][d] = observer.heap_used, len(side.label)
            for byte in side.label.encode():
                observer.heap[observer.heap_used] = byte
                observer.heap_used += 1
    return find(observer, rows)


def name(findings: Findings, flow: int = 0) -> str:
    """Give the protocol's name, "" for none."""
    return findings.names[findings.protocol[flow]] if findings.protocol[flow] >= 0 else ""


TLS, HTTP = Side("tls", CONFIRMED), Side("http", CONFIRMED)
MAYBE_RTP, MAYBE_HTTP = Side("rtp", SPECULATIVE), Side("http", SPECULATIVE)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("one", "other", "expected", "grade", "contradicts"),
    [
        (NOTHING, NOTHING, "", NO, False),
        (HTTP, NOTHING, "http", CONFIRMED, False),
        (MAYBE_HTTP, NOTHING, "http", SPECULATIVE, False),
        (HTTP, HTTP, "http", CONFIRMED, False),
        (HTTP, MAYBE_HTTP, "http", CONFIRMED, False),
        (MAYBE_HTTP, TLS, "tls", CONFIRMED, False),
        (MAYBE_HTTP, MAYBE_RTP, "http", SPECULATIVE, False),
        (HTTP, TLS, "tls", SPECULATIVE, True),
    ],
)
def test_the_ladder_of_directions(
    one: Side, other: Side, expected: str, grade: int, contradicts: bool, turned: bool
) -> None:
    """Whichever way round they stand."""
    findings = found((other, one) if turned else (one, other))
    assert (name(findings), findings.grade[0], bool(findings.contradicts[0])) == (expected, grade, contradicts)
    assert (findings.basis[0] >= 0) == bool(expected)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Side("smtp", CONFIRMED, CLIENT, upgraded="tls"), Side("smtp", CONFIRMED, SERVER), "smtp+tls"),
        (Side("smtp", CONFIRMED, CLIENT, upgraded="tls"), Side("smtp", CONFIRMED, SERVER, upgraded="tls"), "smtp+tls"),
        (Side("smtp", CONFIRMED, CLIENT, upgraded="smtp"), NOTHING, "smtp"),
        (Side("stun", CONFIRMED, CLIENT, upgraded="dtls"), Side("stun", CONFIRMED, SERVER), "dtls"),
    ],
)
def test_an_upgrade_keeps_both_names_in_order(one: Side, other: Side, expected: str, turned: bool) -> None:
    """Save where the first did no more than open the path."""
    assert name(found((other, one) if turned else (one, other))) == expected


def test_a_path_opener_gives_its_place_away_with_basis_and_label() -> None:
    """What stood in its messages says nothing of what followed."""
    findings = found((Side("stun", CONFIRMED, CLIENT, "coturn", upgraded="dtls"), NOTHING))
    assert findings.texts(np.array([0])) == [""]
    assert findings.bases[findings.basis[0]] in Observer().probes[NUMBERS["dtls"]].bases


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Side("http", CONFIRMED, CLIENT), Side("http", CONFIRMED, SERVER), 0),
        (Side("http", CONFIRMED, SERVER), NOTHING, 1),
        (NOTHING, Side("http", CONFIRMED, CLIENT), 1),
        (Side("http", CONFIRMED, CLIENT), Side("http", CONFIRMED, CLIENT), -1),
        (HTTP, HTTP, -1),
        (Side("http", SPECULATIVE, CLIENT), NOTHING, -1),
        (HTTP, Side("redis", SPECULATIVE, CLIENT), -1),  # a guess says nothing of who asked
        (Side("http", CONFIRMED, CLIENT), Side("redis", SPECULATIVE, CLIENT), 0),
        (Side("http", CONFIRMED, CLIENT), Side("tls", CONFIRMED, SERVER), -1),
    ],
)
def test_who_asked_is_told_by_what_was_confirmed(one: Side, other: Side, expected: int) -> None:
    """0 is A, 1 is B, -1 nobody knows."""
    assert found((one, other)).client[0] == expected


def ssh(banner: str) -> Side:
    """Make a side that says who it is."""
    return Side("ssh", CONFIRMED, ANY_ROLE, banner)


@pytest.mark.parametrize(
    ("one", "other", "first_from", "expected"),
    [
        (Side("http", CONFIRMED, CLIENT, "www"), Side("http", CONFIRMED, SERVER, "nginx"), 1, "www"),
        (Side("http", CONFIRMED, CLIENT), Side("http", CONFIRMED, SERVER, "nginx"), 0, "nginx"),
        (ssh("SSH-2.0-a"), ssh("SSH-2.0-b"), 0, "SSH-2.0-b"),
        (ssh("SSH-2.0-a"), ssh("SSH-2.0-b"), 1, "SSH-2.0-a"),
        (HTTP, Side("redis", SPECULATIVE, SERVER, "PING"), 0, ""),  # of another protocol's guess
    ],
)
def test_whose_words_are_shown(one: Side, other: Side, first_from: int, expected: str) -> None:
    """The client's; of equals, those of the end that did not begin; never another protocol's."""
    assert found((one, other), first_from=first_from).texts(np.array([0])) == [expected]


@pytest.mark.parametrize(
    ("split", "expected"), [(SPLIT_IDLE, "http"), (SPLIT_ACTIVE, "http"), (SPLIT_REOPENED, ""), (NOT_SPLIT, "")]
)
def test_a_flow_that_goes_on_stays_what_it_was(split: int, expected: str) -> None:
    """After a timeout, not after a new SYN; and over several of them."""
    findings = found(
        (HTTP, NOTHING), (NOTHING, NOTHING), (NOTHING, NOTHING), previous=(-1, 0, 1), split=(split, split, 0)
    )
    assert [name(findings, k) for k in range(3)] == ["http", expected, expected]


def test_randomness_is_told_only_of_the_unknown() -> None:
    """Encrypted payload behind a known protocol is no news."""
    findings = found((Side(state=RANDOM), NOTHING), (Side("tls", CONFIRMED, state=RANDOM), NOTHING), (NOTHING, NOTHING))
    assert findings.random.tolist() == [True, False, False]


def test_a_flow_that_nobody_looked_at_is_nothing() -> None:
    """No payload, no observation."""
    rows = np.zeros(2, FLOW)
    rows["observation"] = rows["previous"] = -1
    findings = find(Observer(), rows)
    assert findings.protocol.tolist() == [-1, -1]
    assert findings.texts(np.arange(2)) == ["", ""]
