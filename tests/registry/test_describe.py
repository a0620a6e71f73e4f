"""The provenance of a file."""

import hashlib

from annotator.registry.describe import describe, newest
from annotator.registry.forms.csv_form import read_csv

from .making import csv_of, record

DATA = csv_of("x,1,tcp,,,,2001-02,2003-04-05,,,,", "y,70000000,,".replace("70000000", "2") + ",,,2009-09,,,,,")


def test_a_csv_states_no_date_so_its_newest_record_does() -> None:
    """The registry is not older than that; months do not count, as they name no day."""
    info = describe(DATA, "here.csv", read_csv(DATA, "x"))
    assert (info.updated, info.updated_basis) == ("2003-04-05", "newest record")
    assert (info.source, info.records, info.form) == ("here.csv", 2, "csv")
    assert info.sha256 == hashlib.sha256(DATA).hexdigest()


def test_a_date_that_is_known_otherwise_is_stated() -> None:
    """By the page it came from, or by who compiles it."""
    info = describe(DATA, "here.csv", read_csv(DATA, "x"), "2026-08-17")
    assert (info.updated, info.updated_basis) == ("2026-08-17", "stated")


def test_oddities_become_remarks() -> None:
    """Each kind once, with its count."""
    data = csv_of("x,1,ddp,,,,,,,,,", "y,2,ddp,,,,,,,,,")
    (remark,) = describe(data, "x", read_csv(data, "x")).remarks
    assert remark.endswith("(2)")


def test_no_date_at_all() -> None:
    """Nothing is made up."""
    assert newest([record("x", "1")]) == ""
