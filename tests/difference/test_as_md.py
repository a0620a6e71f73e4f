"""A difference as Markdown."""

import re
from dataclasses import replace

import pytest

from annotator.difference.as_md import encode
from annotator.registry import NOTICE
from annotator.report.sanitize import clean
from tests.difference.sides import AFTER, BEFORE, difference
from tests.report.hostile import PAYLOADS


def test_tables_of_each_kind() -> None:
    """Headings with counts, rows of four cells."""
    text = b"".join(encode(difference(BEFORE, AFTER))).decode()
    assert "## Services" in text
    assert "### Added (2)" in text
    assert "| 10.0.0.10 7214/tcp | unassigned | ssh 1 | 1 flow, 3.4 kB |" in text
    assert "observed: tls 1 → tls 2, ssh 1<br>volume" in text
    assert " ".join(NOTICE.split()) in " ".join(text.replace(">", " ").replace("\\", "").split())
    assert b"".join(encode(difference(AFTER, AFTER))).decode().count("No difference.") == 2


@pytest.mark.parametrize("attack", PAYLOADS)
def test_hostile_text_is_escaped(attack: str) -> None:
    """A service name out of somebody's report."""
    found = difference(BEFORE, AFTER)
    text = clean(PAYLOADS[attack])
    for row in (*found.services.added, *found.services.gone):
        row |= {"service": text, "status_detail": text}
    made = b"".join(encode(replace(found, notes=[text]))).decode()
    assert not re.search(r"(?<!\\)(<script|\]\()", made)
    assert all(character.isprintable() or character == "\n" for character in made)
