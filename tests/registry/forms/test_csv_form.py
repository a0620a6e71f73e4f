"""IANA's CSV in its varieties, and what is wrong with a damaged one."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import RegistryError
from annotator.registry.forms.csv_form import looks_like_csv, read_csv
from annotator.registry.ranges import parse_ports
from annotator.registry.record import IANA_COLUMNS, Record

from ..making import csv_of, refusal

ROW = 'http,80,tcp,"World Wide\nWeb",[X],[Y],,2021-10-01,[RFC9110],,used,a note'


def test_a_record_is_read_field_by_field() -> None:
    """Each column into its field; a line break inside a field is white space."""
    (record,) = read_csv(csv_of(ROW), "x").records
    assert (record.service_name, record.port_range, record.transport) == ("http", "80", "tcp")
    assert record.description == "World Wide Web"
    assert (record.assignee, record.contact, record.modification_date) == ("[X]", "[Y]", "2021-10-01")
    assert (record.reference, record.unauthorized_use, record.notes) == ("[RFC9110]", "used", "a note")


@pytest.mark.parametrize(
    "data",
    [
        csv_of(ROW),
        csv_of(ROW).replace(b"\r\n", b"\n"),
        b"\xef\xbb\xbf" + csv_of(ROW),
        csv_of(ROW, titles=[*IANA_COLUMNS[:10], "Known Unauthorized Uses", "Assignment Notes"]),
        csv_of(ROW, titles=[title.upper() for title in IANA_COLUMNS]),
        csv_of(ROW.rstrip(), "", ""),
    ],
    ids=["CRLF", "LF", "byte order mark", "the old title of column 11", "titles in capitals", "blank lines"],
)
def test_all_varieties_give_the_same_record(data: bytes) -> None:
    """Line ends, a byte order mark and the old title of a column change nothing."""
    assert looks_like_csv(data.decode("utf-8-sig")[:200])
    assert read_csv(data, "x").records == read_csv(csv_of(ROW), "x").records


def test_unknown_columns_are_passed_over_and_counted() -> None:
    """A column that IANA adds one day breaks nothing."""
    imported = read_csv(csv_of(ROW + ",new", titles=[*IANA_COLUMNS, "Novelty"]), "x")
    assert imported.records == read_csv(csv_of(ROW), "x").records
    assert dict(imported.oddities) == {"unknown columns, passed over": 1}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (csv_of("http,80,tcp"), "line 2: 3 fields instead of 12"),
        (csv_of(ROW)[:-30], "line 3"),
        (csv_of(ROW, titles=IANA_COLUMNS[:9]), "no column for service_code, unauthorized_use"),
        (csv_of("http,80000,tcp,,,,,,,,,"), "line 2: '80000' exceeds port 65535"),
        (csv_of(f"http,80,tcp,{'x' * 200_000},,,,,,,,"), "field larger"),
        (b"", "no column"),
    ],
    ids=["a row cut off", "cut in a quoted field", "columns missing", "a port too high", "an endless field", "empty"],
)
def test_a_damaged_file_is_one_clear_error(data: bytes, words: str) -> None:
    """It names the file and the line."""
    with pytest.raises(RegistryError) as caught:
        read_csv(data, "my.csv")
    assert "my.csv" in str(caught.value)
    assert words in str(caught.value)


@given(st.binary(max_size=200))
def test_any_bytes_give_records_or_one_clear_error(junk: bytes) -> None:
    """Never anything else."""
    assert "\n" not in refusal(lambda: read_csv(csv_of(ROW) + junk, "x"))


# What the registry's description says of the newest file, counted in the file -----------------------------------


def test_the_counts_by_transport(csv_records: list[Record]) -> None:
    """14,533 records: tcp 6606, udp 6356, sctp 93, dccp 11, any 1467."""
    assert Counter(record.transport for record in csv_records) == {
        "tcp": 6606,
        "udp": 6356,
        "": 1467,
        "sctp": 93,
        "dccp": 11,
    }
    assert len(csv_records) == 14533


def test_the_newest_file_has_more_lines_than_records(iana: Path) -> None:
    """15,401 physical lines, the titles aside."""
    assert (iana / "iana-2026-08-17.csv").read_bytes().count(b"\n") - 1 == 15401


def shape(record: Record) -> tuple[str, str, str]:
    ports = "range" if "-" in record.port_range else "single" if record.port_range else "none"
    return ("yes" if record.service_name else "no", ports, "yes" if record.transport else "no")


def test_the_counts_by_shape(csv_records: list[Record]) -> None:
    """Name, port and protocol: the table of the registry's quirks."""
    assert Counter(map(shape, csv_records)) == {
        ("yes", "single", "yes"): 11720,
        ("yes", "single", "no"): 11,
        ("yes", "range", "yes"): 3,
        ("yes", "range", "no"): 5,
        ("yes", "none", "yes"): 489,
        ("yes", "none", "no"): 581,
        ("no", "single", "yes"): 853,
        ("no", "single", "no"): 113,
        ("no", "range", "no"): 757,
        ("no", "range", "yes"): 1,
    }


def test_the_examples_of_each_shape(csv_records: list[Record]) -> None:
    """The names and ports that stand in the table."""
    by_shape: dict[tuple[str, str, str], set[str]] = {}
    for record in csv_records:
        by_shape.setdefault(shape(record), set()).add(f"{record.service_name},{record.port_range},{record.transport}")
    assert "boe-cms,6400," in by_shape["yes", "single", "no"]
    assert by_shape["yes", "range", "yes"] == {"x11,6000-6063,tcp", "x11,6000-6063,udp", "ircu,6665-6669,tcp"}
    wide = {text.split(",")[1] for text in by_shape["yes", "range", "no"]}
    assert wide == {"3322-3325", "3367-3371", "4200-4299", "7300-7359", "27000-27009"}
    assert by_shape["no", "range", "yes"] == {",6665-6669,udp"}


def test_degenerate_ranges_stay_as_they_are(csv_records: list[Record]) -> None:
    """Six records write one port as N-N."""
    written = {record.port_range for record in csv_records if "-" in record.port_range}
    same = {text for text in written if text.split("-")[0] == text.split("-")[1]}
    assert same == {f"{port}-{port}" for port in (4748, 6345, 6512, 8203, 9989, 20047)}


def test_multi_line_fields(iana: Path) -> None:
    """Description 190, Notes 254, Reference 1: counted before white space is normalised."""
    import csv

    with (iana / "iana-2026-08-17.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    counts = {title: sum("\n" in row[title] for row in rows) for title in IANA_COLUMNS}
    assert {title: count for title, count in counts.items() if count} == {
        "Description": 190,
        "Assignment Notes": 254,
        "Reference": 1,
    }


def test_no_record_stands_twice_and_one_key_does(csv_records: list[Record]) -> None:
    """No exact duplicates; `rdp,,` is the one duplicate key."""
    assert len(set(csv_records)) == len(csv_records)
    keys = Counter(
        (record.service_name, record.port_range, record.transport) for record in csv_records if record.service_name
    )
    assert [key for key, count in keys.items() if count > 1] == [("rdp", "", "")]


def test_dates_are_empty_months_or_days(csv_records: list[Record]) -> None:
    """And nothing else, so no oddity is counted."""
    lengths = {len(date) for record in csv_records for date in (record.registration_date, record.modification_date)}
    assert lengths == {0, 7, 10}


def test_service_codes_stand_on_dccp_rows(csv_records: list[Record]) -> None:
    """Four of them."""
    codes = {record.service_code: record.transport for record in csv_records if record.service_code}
    assert codes == dict.fromkeys(("1145656131", "7107696", "1685351985", "1885957735"), "dccp")


def test_unauthorized_use_stands_in_112_records(csv_records: list[Record]) -> None:
    """Free text, verbatim: "yes" is one of them."""
    texts = [record.unauthorized_use for record in csv_records if record.unauthorized_use]
    assert len(texts) == 112
    assert "yes" in texts


def test_named_records_without_a_description(csv_records: list[Record]) -> None:
    """166 of them."""
    assert sum(bool(record.service_name) and not record.description for record in csv_records) == 166


def test_mojibake_of_9105_is_kept(csv_records: list[Record]) -> None:
    """It is IANA's own."""
    assert {record.reference for record in csv_records if record.port_range == "9105"} == {
        "[Ari\u221a\u00b4n Huisken <xadmin&huisken-systems.nl> 15 June 2009]"
    }


def test_the_footnote_stands_on_the_ports_for_experiments(csv_records: list[Record]) -> None:
    """Reference [1] on 8 records, of 1021 and 1022."""
    noted = [record for record in csv_records if "[1]" in record.reference]
    assert (len(noted), {record.port_range for record in noted}) == (8, {"1021", "1022"})


def test_the_edges_are_reserved_and_nothing_is_above_them(csv_records: list[Record]) -> None:
    """0, 1023, 1024 and 49151; no row at or above 49152."""
    for port in ("0", "1023", "1024", "49151"):
        assert {record.row_status for record in csv_records if record.port_range == port} == {"reserved"}
    assert max(span[1] for record in csv_records if (span := parse_ports(record.port_range))) == 49151


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("iana-2018-02-12.csv", 14058),
        ("iana-2025-09-29.csv", 14488),
        ("iana-2026-04-24.csv", 14512),
        ("seed-rows.csv", 101),
    ],
)
def test_other_versions_are_read_whole(read: Callable[[str], list[Record]], name: str, count: int) -> None:
    """CRLF and LF, both titles of column 11."""
    assert len(read(name)) == count


def test_the_old_title_of_column_11_gives_the_same_field(read: Callable[[str], list[Record]]) -> None:
    """In 2018 it was called otherwise."""
    texts = {
        record.port_range: record.unauthorized_use for record in read("iana-2018-02-12.csv") if record.unauthorized_use
    }
    assert texts["4045"] == "Known UNAUTHORIZED USE: Port 4045"
