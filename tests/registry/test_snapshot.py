"""The compiled form: small, quick, the same bytes every time, and never a crash on damage."""

import json
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import RegistryError
from annotator.registry import data_files
from annotator.registry.info import RegistryInfo
from annotator.registry.people import Annex, Person
from annotator.registry.record import PERSONAL_FIELDS, Record
from annotator.registry.registry import Registry
from annotator.registry.snapshot import MAGIC, decode_snapshot, encode_snapshot, read_manifest

from .making import drawn_records, record

INFO = RegistryInfo("2026-01-02", "ab" * 32, 1, "somewhere", remarks=("odd (1)",))
ANNEX = Annex({"X_Y": Person("X Y", "Org", "mailto:x&y.example", "2020-01")}, {"1": "a footnote"})


def info_of(records: list[Record]) -> RegistryInfo:
    return RegistryInfo("2026-01-02", "ab" * 32, len(records), "somewhere")


@given(st.lists(drawn_records(), min_size=1, max_size=6))
def test_what_is_packed_is_unpacked(records: list[Record]) -> None:
    """Info, records and annex come back; the same records give the same bytes."""
    data = encode_snapshot(info_of(records), records, ANNEX)
    assert data == encode_snapshot(info_of(records), list(records), ANNEX)
    info, rows, annex = decode_snapshot(data, "x")
    assert info == info_of(records) == read_manifest(data, "x")
    assert list(rows) == records
    assert annex() == ANNEX


def test_fields_that_are_left_out_leave_no_trace() -> None:
    """Neither assignee nor contact stands anywhere in the bytes."""
    made = record("x", "1", assignee="[Some_Body]", contact="[Some_Body]")
    data = encode_snapshot(INFO, [made], Annex(), PERSONAL_FIELDS)
    assert b"Some_Body" not in zlib.decompress(data.split(b"\n", 2)[2])
    assert decode_snapshot(data, "x")[1][0].assignee is None


def test_the_embedded_snapshot_is_small() -> None:
    """At most 250 KB."""
    assert data_files.SNAPSHOT.stat().st_size <= 250_000


def test_the_embedded_snapshot_loads_quickly() -> None:
    """At most 20 ms of this process's time; the best of ten, as others use the machine too."""
    times = []
    for _ in range(10):
        begun = time.process_time()
        decode_snapshot(data_files.SNAPSHOT.read_bytes(), "x")
        times.append(time.process_time() - begun)
    assert min(times) <= 0.020


def test_the_embedded_snapshot_names_no_person_and_holds_no_notes(embedded: Registry) -> None:
    """Facts only: no assignee, no contact, no prose, no annex."""
    assert set(embedded.records.fields).isdisjoint({"assignee", "contact", "notes"})
    assert embedded.annex == Annex()


def test_the_embedded_snapshot_holds_what_the_csv_says(embedded: Registry, csv_records: list[Record]) -> None:
    """Every record, every field but those left out."""
    kept = [field for field in embedded.records.fields if field != "facts"]
    for field in kept:
        assert embedded.records.column(field) == [getattr(each, field) for each in csv_records]
    assert [each.facts for each in embedded.records] == [each.facts for each in csv_records]


DAMAGE = {
    "nothing": b"",
    "its first line alone": MAGIC,
    "no end of the head": MAGIC + b"{",
    "a head that is no JSON": MAGIC + b"x\n",
    "a head that is no object": MAGIC + b"[]\n",
    "an empty head": MAGIC + b"{}\n",
    "another version": MAGIC.replace(b"1", b"2") + b"{}\n",
}


@pytest.mark.parametrize("data", DAMAGE.values(), ids=DAMAGE)
def test_what_is_no_snapshot_is_one_clear_error(data: bytes) -> None:
    """It names the file and says what to do."""
    with pytest.raises(RegistryError, match=r"here\.snapshot.*(compile|import) it again"):
        decode_snapshot(data, "here.snapshot")


def changed_head(**members: object) -> bytes:
    magic, head, body = encode_snapshot(INFO, [record("x", "1")], ANNEX).split(b"\n", 2)
    return b"\n".join((magic, json.dumps({**json.loads(head), **members}).encode(), body))


@pytest.mark.parametrize(
    "members",
    [
        {"records": 2},
        {"records": 0},
        {"records": -1},
        {"records": 10**12},
        {"records": "1"},
        {"size": 1},
        {"size": 10**12},
        {"columns": []},
        {"columns": ["service_name"]},
        {"columns": "x"},
        {"updated": None},
        {"remarks": 7},
    ],
    ids=str,
)
def test_a_head_that_lies_is_one_clear_error(members: dict[str, object]) -> None:
    """Sizes are checked before anything is unpacked."""
    with pytest.raises(RegistryError, match="damaged"):
        decode_snapshot(changed_head(**members), "x")


def test_a_bomb_is_not_unpacked() -> None:
    """A stream that unpacks to more than its head says stops there."""
    magic, head, _ = encode_snapshot(INFO, [record("x", "1")], ANNEX).split(b"\n", 2)
    bomb = b"\n".join((magic, head, zlib.compress(bytes(300 << 20), 9)))
    with pytest.raises(RegistryError, match="length"):
        decode_snapshot(bomb, "x")


@given(st.data())
def test_a_damaged_snapshot_never_crashes(data: st.DataObject) -> None:
    """Any byte changed, any cut: it is read as it was, or it is one clear error."""
    whole = bytearray(encode_snapshot(INFO, [record("x", "1-9", "tcp", "a"), record("y", "7")], ANNEX))
    cut = data.draw(st.integers(0, len(whole)))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = data.draw(st.integers(0, 255))
    try:
        info, rows, annex = decode_snapshot(bytes(whole[:cut]), "x")
        Registry(info, rows, annex).entry("tcp", 7)
        annex()
    except RegistryError:
        pass


def test_the_manifest_beside_the_snapshot_is_of_it() -> None:
    """Source, date, hashes and counts agree with the snapshot itself."""
    import hashlib

    data = data_files.SNAPSHOT.read_bytes()
    manifest = json.loads(Path(data_files.SNAPSHOT).with_suffix(".json").read_text())
    info = read_manifest(data, "x")
    assert manifest["snapshot_sha256"] == hashlib.sha256(data).hexdigest()
    assert manifest["snapshot_bytes"] == len(data)
    assert (manifest["source"], manifest["updated"]) == (info.source, info.updated)
    assert (manifest["source_sha256"], manifest["licence"]) == (info.sha256, info.licence)
    assert manifest["records"] == info.records == sum(manifest["records_by_row_status"].values())
