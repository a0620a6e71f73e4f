"""Contacts and footnotes."""

from annotator.registry.people import Annex, Person

SOMEBODY = Person("A B", "Org", "mailto:a&b.example mailto:c&d.example", "2001-02")


def test_the_at_sign_is_put_in_its_place() -> None:
    """IANA writes & for @ in addresses, and in nothing else."""
    assert SOMEBODY.address == "mailto:a@b.example mailto:c@d.example"
    assert Person("", "", "https://x.example/?a&b", "").address == "https://x.example/?a&b"


def test_a_person_in_words() -> None:
    """What is known, in order."""
    assert str(SOMEBODY) == "A B, Org, mailto:a@b.example mailto:c@d.example"
    assert str(Person("", "Org", "", "")) == "Org"


def test_bracketed_identifiers_are_explained() -> None:
    """Contacts and footnotes; what is neither is passed over."""
    annex = Annex({"A_B": SOMEBODY}, {"1": "a footnote"})
    assert annex.explain("[A_B][X]", None, "[1][RFC4727]") == {"A_B": str(SOMEBODY), "1": "a footnote"}
