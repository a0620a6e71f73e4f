"""A difference for people."""

from annotator.difference.as_text import encode
from annotator.registry import NOTICE
from tests.difference.sides import AFTER, BEFORE, difference


def test_both_tables_with_signs() -> None:
    """Added, gone, changed, and the notice."""
    text = b"".join(encode(difference(BEFORE, AFTER))).decode()
    assert "SERVICES   1 added, 1 gone, 2 changed" in text
    assert "ENDPOINTS   2 added, 1 gone, 2 changed" in text
    for line in (" + 10.0.0.10 7214/tcp   unassigned", " - 22/tcp (ssh)", " ~ 443/tcp (https)"):
        assert line in text
    assert max(map(len, text.splitlines())) <= 100
    assert " ".join(NOTICE.split()) in " ".join(text.split())
    assert "SERVICES   no difference" in b"".join(encode(difference(AFTER, AFTER))).decode()
