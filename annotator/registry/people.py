"""What stands behind the registry's records: its contacts and footnotes, in IANA's XML and text forms only."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the registry's contact table; each field is ``""`` where the registry says nothing."""

    name: str
    organisation: str
    uri: str
    """As the registry writes it: ``&`` stands for ``@`` (``mailto:someone&example.org``); may be several."""
    updated: str

    @property
    def address(self) -> str:
        """The URI with ``@`` in its place."""
        return " ".join(uri.replace("&", "@", 1) if uri.startswith("mailto:") else uri for uri in self.uri.split())

    def __str__(self) -> str:
        """Return name, organisation and address, as far as they are known."""
        return ", ".join(part for part in (self.name, self.organisation, self.address) if part)


@dataclass(frozen=True, slots=True)
class Annex:
    """Contacts and footnotes, by the identifiers that records give in brackets."""

    people: dict[str, Person] = field(default_factory=dict)
    footnotes: dict[str, str] = field(default_factory=dict)

    def explain(self, *texts: str | None) -> dict[str, str]:
        """Return what is known of the bracketed identifiers in texts such as ``[RFC4727][1]``."""
        found = {}
        for identifier in re.findall(r"\[([^\[\]]+)\]", "".join(filter(None, texts))):
            if identifier in self.people:
                found[identifier] = str(self.people[identifier])
            elif identifier in self.footnotes:
                found[identifier] = self.footnotes[identifier]
        return found
