"""The text of IANA's web page: exact where it can be, doubtful where it cannot."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.registry.forms.csv_form import read_csv
from annotator.registry.forms.page_form import looks_like_page, read_page
from annotator.registry.record import FIELDS, IANA_COLUMNS, Record

EXACT = ("service_name", "port_range", "transport", "row_status")


def page(*lines: str, contacts: str = "[A_B] A B mailto:a&b.example 2020-01-02") -> bytes:
    titles = " ".join(IANA_COLUMNS)
    return "\n".join(["Last Updated", "2025-09-29", titles, *lines, "", "Contact Information", "", contacts]).encode()


def only(*lines: str) -> Record:
    (record,) = read_page(page(*lines), "x").records
    return record


def test_the_seed_page_gives_its_101_rows(iana: Path) -> None:
    """Name, port, protocol and status exactly; every other field too, or it is called doubtful."""
    found = read_page((iana / "seed-page.txt").read_bytes(), "x")
    key = read_csv((iana / "seed-rows.csv").read_bytes(), "x").records
    assert found.updated == "2025-09-29"
    assert len(found.records) == len(key) == 101
    for mine, true in zip(found.records, key, strict=True):
        for field in FIELDS[:14]:
            if field in EXACT or field not in mine.doubtful:
                assert getattr(mine, field) == getattr(true, field), (true.port_range, field)


def test_the_seed_page_has_the_counts_of_its_description(iana: Path) -> None:
    """81 service rows (40 tcp, 41 udp), 11 Unassigned ranges, 9 Reserved."""
    records = read_page((iana / "seed-page.txt").read_bytes(), "x").records
    services = Counter(record.transport for record in records if record.service_name)
    assert services == {"tcp": 40, "udp": 41}
    assert Counter(record.row_status for record in records if not record.service_name) == {
        "unassigned": 11,
        "reserved": 9,
    }


def test_a_single_date_is_doubtful_unless_the_note_names_it(iana: Path) -> None:
    """8077 and 10321 were de-assigned on the day that stands there; 11720 may be either."""
    records = {
        (record.port_range, record.transport): record
        for record in read_page((iana / "seed-page.txt").read_bytes(), "x").records
    }
    for port, day in (("8077", "2024-01-05"), ("10321", "2023-12-05")):
        assert (records[port, "tcp"].modification_date, records[port, "tcp"].doubtful) == (day, ())
    assert {"registration_date", "modification_date"} <= set(records["11720", "tcp"].doubtful)
    assert records["8699", "udp"].registration_date == "2004-11"
    assert records["8699", "udp"].modification_date == "2013-05-24"
    assert records["8699", "udp"].doubtful == ()


def flattened(iana: Path) -> bytes:
    """The whole newest registry as a page would show it: columns run together, breaks inside cells kept."""
    with (iana / "iana-2026-08-17.csv").open(newline="", encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    people = sorted({name for row in rows for place in (4, 5) for name in row[place].strip("[]").split("][") if name})
    lines = (" ".join(filter(None, row)) for row in rows)
    return page(*lines, contacts="\n".join(f"[{name}] somebody" for name in people))


def test_the_whole_registry_as_a_page(iana: Path, csv_records: list[Record]) -> None:
    """Every record with a port or a transport is found; whatever is wrong in it is called doubtful."""
    found: dict[tuple[str, str, str], list[Record]] = {}
    for record in read_page(flattened(iana), "x").records:
        found.setdefault((record.service_name, record.port_range, record.transport), []).append(record)
    for true in csv_records:
        key = (true.service_name, true.port_range, true.transport)
        if not true.port_range and not true.transport:
            continue  # a name alone in its line cannot always be told from the next line of a note
        mine = found[key].pop(0)
        assert mine.row_status == true.row_status
        for field in FIELDS[:12]:
            if field not in mine.doubtful:
                assert getattr(mine, field) == getattr(true, field), (key, field)
    left = [record for records in found.values() for record in records]
    assert all("service_name" in record.doubtful for record in left if not record.port_range and not record.transport)
    assert not [record for record in left if record.port_range or record.transport]


@pytest.mark.parametrize(
    ("line", "field", "expected", "doubtful"),
    [
        ("7203-7214 Unassigned", "port_range", "7203-7214", False),
        ("7420 tcp Reserved", "description", "Reserved", False),
        ("15 tcp Unassigned [was netstat]", "description", "Unassigned [was netstat]", False),
        (
            "a-b 5 udp Some text [A_B] [A_B] 2001-02 2003-04-05 [RFC 6335] Defined TXT keys",
            "reference",
            "[RFC6335]",
            False,
        ),
        ("a-b 5 udp Some text [A_B] [A_B] 2001-02 2003-04-05", "registration_date", "2001-02", False),
        ("ftp 21 tcp File Transfer [Default Data] [A_B] [A_B]", "description", "File Transfer [Default Data]", False),
        ("a-b 5 udp [A_B] [A_B]", "description", "", False),
        ("a-b 5 udp Text [A_B] [A_B] [RFC4340] 1145656131", "service_code", "1145656131", False),
        (
            "a-b 5 udp Text [A_B] [A_B] Known Unauthorized Use on port 5",
            "unauthorized_use",
            "Known Unauthorized Use on port 5",
            True,
        ),
        ("a-b 5 udp Text [A_B]", "contact", "", True),
        ("a-b 5 udp All that is said", "description", "All that is said", True),
        ("1password tcp Some text [A_B] [A_B]", "service_name", "1password", False),
        ("3com-tsmux 106 tcp 3COM-TSMUX", "service_name", "3com-tsmux", False),
        ("6400-6410 Reserved", "port_range", "6400-6410", False),
    ],
)
def test_a_line_is_told_apart(line: str, field: str, expected: str, doubtful: bool) -> None:
    """Field by field, with doubt only where there is some."""
    record = only(line)
    assert (getattr(record, field), field in record.doubtful) == (expected, doubtful)


def test_lines_that_begin_no_record_belong_to_the_one_before() -> None:
    """Notes of several lines; the fields that they may belong to are doubtful then."""
    record = only("a-b 5 udp Text [A_B] [A_B] 2001-02", "Port 126 previously assigned", "2049 is another number")
    assert "Port 126 previously assigned 2049 is another number" in (record.notes or "")
    assert {"description", "notes"} <= set(record.doubtful)


def test_contacts_are_read(iana: Path) -> None:
    """All 30 of the seed page."""
    people = read_page((iana / "seed-page.txt").read_bytes(), "x").annex.people
    assert len(people) == 30
    assert people["Chris_Flynn"].address == "mailto:cflynn@landmark.com"


@pytest.mark.parametrize("separator", [" ", "\t"])
def test_titles_may_be_apart_by_tabs(separator: str) -> None:
    """Some browsers copy a table with tabs."""
    assert looks_like_page(separator.join(IANA_COLUMNS))
    data = page("http\t80\ttcp\tWorld Wide Web\t[A_B]\t[A_B]").replace(b"Service Name Port", b"Service Name\tPort")
    assert read_page(data, "x").records[0].port_range == "80"


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_lines_give_records(lines: list[str]) -> None:
    """Never a crash, and never an error."""
    read_page(page(*lines), "x")


@pytest.mark.parametrize("line", ["see 70000 for more", "9-1 Reserved", "99999 Unassigned", "zz 80-70 tcp"])
def test_a_number_that_is_no_port_begins_no_record(line: str) -> None:
    """It is a part of the text before it."""
    assert [record.port_range for record in read_page(page("a-b 5 udp Text [A_B] [A_B]", line), "x").records] == ["5"]
