"""How many threads share the flows changes nothing; and what one of them cannot do, nobody claims was done."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotator import pipeline, shares
from annotator.capture.batch import CAPACITY
from annotator.capture.rehearsal import Rehearsal
from annotator.decode import Decoder
from annotator.decode.tunnels import TunnelBook
from annotator.flow import FlowSettings
from annotator.flow.key import SHARDS
from annotator.kernel.cache import INTERPRETED
from annotator.pipeline import analyse
from annotator.settings import Settings
from annotator.shares import MOST_SHARES, WORTH_SHARING_BYTES, Shares, shares_for
from tests.dump import dump
from tests.test_batch_size import read
from tests.test_pipeline import SAMPLES, same
from tests.witness.index import listed
from tests.written import udp, write


@pytest.fixture
def number(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """So many shares, however small the capture and its batches, each with a thread of its own."""
    wanted = int(request.param)
    monkeypatch.setattr(pipeline, "shares_for", lambda _: wanted)
    monkeypatch.setattr(shares, "WORTH_SHARING_ROWS", 0)
    return wanted


def test_small_captures_and_interpreted_kernels_are_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "INTERPRETED", False)
    assert shares_for(WORTH_SHARING_BYTES - 1) == 1
    assert 1 <= shares_for(WORTH_SHARING_BYTES) <= MOST_SHARES
    assert shares_for(None) == shares_for(WORTH_SHARING_BYTES)
    monkeypatch.setattr(shares, "INTERPRETED", True)
    assert shares_for(None) == 1


def test_one_processor_is_left_to_the_thread_that_reads_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "INTERPRETED", False)
    for processors, expected in ((1, 1), (2, 1), (3, 2), (64, MOST_SHARES)):
        monkeypatch.setattr(shares.os, "sched_getaffinity", lambda _, n=processors: set(range(n)), raising=False)
        assert shares_for(None) == expected


@pytest.mark.parametrize("number", [2, 3, 16], indirect=True)
@pytest.mark.usefixtures("number")
def test_the_number_of_shares_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every column of every flow, every issue and account, of each of the project's own captures."""
    shared = json.loads(json.dumps(dump(SAMPLES)))
    assert sum(len(found["flows"]["proto"]) for found in shared) > 500
    monkeypatch.setattr(pipeline, "shares_for", lambda _: 1)
    same(dump(SAMPLES), shared, SAMPLES)


@pytest.mark.slow
@pytest.mark.parametrize("number", [2], indirect=True)
@pytest.mark.usefixtures("number")
def test_the_number_of_shares_does_not_matter_on_real_captures(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every fourth capture there is, one that cannot be read included."""
    captures = [str(capture.path) for capture in listed(shared) if capture.path.is_file()][::4]
    flows = 0
    for path in captures:
        divided = read(path, CAPACITY)
        with monkeypatch.context() as alone:
            alone.setattr(pipeline, "shares_for", lambda _: 1)
            same([read(path, CAPACITY)], [divided], [path])
        flows += len(divided["flows"].get("proto", ()))
    assert flows > 2000


@pytest.mark.parametrize("number", [2], indirect=True)
def test_what_is_given_up_is_counted_over_all_shares(tmp_path: Path, number: int) -> None:
    """The limit is one for all of them, and so is the issue."""
    frames = [(second, udp(sport=1024 + second)) for second in range(300)]
    paths = [write(tmp_path / f"{part[0][0]}.pcap", *part) for part in (frames[:100], frames[100:])]
    found = analyse(paths, Settings(max_flows=50))
    assert len(found.flows) == 100  # those of the first capture, which fits one batch
    (issue,) = found.issues
    assert (issue.name, issue.capture, issue.count, issue.first_frame) == ("flows_given_up", 1, 200, 1)


def test_shards_fall_to_shares_evenly_and_each_to_one() -> None:
    for number in range(1, 6):
        with Shares(FlowSettings(), number) as made:
            parts = [list(share.table._numbers) for share in made._shares]
            assert sorted(number for part in parts for number in part) == list(range(SHARDS))
            assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("failing", [0, 1])
def test_an_error_of_a_share_is_raised(monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    """And the threads end, so that the process can."""
    monkeypatch.setattr(shares, "WORTH_SHARING_ROWS", 0)
    (batch,) = Rehearsal().batches()
    (headers,) = Decoder(TunnelBook()).decode(batch)

    def take(*work: Any) -> None:
        raise ZeroDivisionError

    with Shares(FlowSettings(), 2) as made:
        made._shares[failing].take = take  # type: ignore[method-assign]  # of this one
        with pytest.raises(ZeroDivisionError):
            made.take(batch, headers, made.sharder.shard(headers), 0)
    assert made._threads is not None
    assert not any(thread.is_alive() for thread in made._threads._threads)


def test_rows_name_their_own_observations() -> None:
    """Of whichever share they were: each row's number is that of its own observation in the joined ones."""
    with Shares(FlowSettings(), 3) as made:
        for n, share in enumerate(made._shares):
            share.observer.used = 2
            share.observer.observations["role"][:2] = n
            shard = share.table.shards[share.table._numbers[0]]
            shard.used = 3
            shard.rows["observation"][:3] = (1, -1, 0)
            shard.rows["first_frame"][:3] = 3 * n + np.arange(3)
            shard.rows["capture"][:3] = shard.rows["depth"][:3] = 0
            shard.rows["previous"][:3] = -1
        rows, observer = made.join()
    assert rows["observation"].tolist() == [1, -1, 0, 3, -1, 2, 5, -1, 4]
    roles = observer.observations["role"][rows["observation"]][:, 0]
    assert roles[rows["observation"] >= 0].tolist() == [0, 0, 1, 1, 2, 2]
    assert isinstance(made, Shares)
    assert not made._shares


@pytest.mark.skipif(INTERPRETED, reason="labels of a large capture take minutes")
def test_labels_come_out_of_the_share_that_kept_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flows in both shares, each with a label of its own."""
    monkeypatch.setattr(pipeline, "shares_for", lambda _: 2)
    monkeypatch.setattr(shares, "WORTH_SHARING_ROWS", 0)

    def query(n: int) -> bytes:
        name = b"".join(bytes([len(part)]) + part for part in (f"host{n:03}".encode(), b"example"))
        return bytes.fromhex("0001 0100 0001 0000 0000 0000") + name + bytes.fromhex("00 0001 0001")

    frames = [(n, udp(sport=2000 + n, dport=53, data=query(n))) for n in range(100)]
    found = analyse([write(tmp_path / "a.pcap", *frames)])
    texts = found.findings.texts(np.arange(100))
    assert texts == [f"host{n:03}.example" for n in range(100)]


def test_a_share_has_nobody_elses_rows() -> None:
    """A batch that is given to every share is counted once."""
    (batch,) = Rehearsal().batches()
    (headers,) = Decoder(TunnelBook()).decode(batch)
    with Shares(FlowSettings(), SHARDS) as made:
        made.take(batch, headers, made.sharder.shard(headers), 0)
        for share in made._shares:
            others = [shard for n, shard in enumerate(share.table.shards) if n not in share.table._numbers]
            assert not any(shard.used for shard in others)
        rows, _ = made.join()
    assert int(rows["packets"].sum()) == len(headers)
