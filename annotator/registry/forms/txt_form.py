"""IANA's plain text of the whole registry: a wide table drawn with spaces, then the contacts and the footnotes."""

import re
from collections.abc import Sequence
from typing import Final

from annotator.errors import RegistryError
from annotator.registry.forms.common import Imported, clean, decode, make_record
from annotator.registry.forms.txt_layout import Block, Known, RowFinder, find_gutters
from annotator.registry.people import Person
from annotator.registry.record import FIELDS

_TITLES: Final = re.compile(r"^ *Service Name {2,}Port Number ", re.M)
_UPDATED: Final = re.compile(r"^Last Updated\s+(\d{4}-\d\d-\d\d)$", re.M)
_CONTACTS: Final = "Contact Information"
_FOOTNOTES: Final = "Footnote"
_TITLE_LINES: Final = 2
_KEY_COLUMNS: Final = 3
_CONTACT_COLUMNS: Final = 5
_PROSE_COLUMNS: Final = (3, 10, 11)  # Description, Unauthorized Use Reported, Assignment Notes


def looks_like_txt(text: str) -> bool:
    """Tell whether a text has the title line of IANA's table, its titles far apart."""
    return _TITLES.search(text) is not None


def read_txt(data: bytes, name: str, known: Known | None = None) -> Imported:
    """Read IANA's plain text.

    A field that the layout alone does not tell from its neighbour's, and that ``known`` does not confirm, is named
    in the record's ``doubtful``.

    Raises:
        RegistryError: the table is cut short, or is not drawn as IANA draws it.
    """
    imported = Imported("txt", [])
    text = decode(data, imported.oddities)
    lines = [line.rstrip() for line in text.split("\n")]
    start = next(i for i, line in enumerate(lines) if _TITLES.match(line))
    end = next((i for i, line in enumerate(lines) if i > start and line.strip() == _CONTACTS), -1)
    if end < 0:
        raise RegistryError(f"{name}: cut short: the contacts that follow the records are missing: fetch it again")
    if match := _UPDATED.search("\n".join(lines[:start])):
        imported.updated = match[1]
    _read_records(lines[start:end], f"{name}, line {start + 1}", known, imported)
    _read_people(lines[end + 1 :], imported)
    _read_footnotes(lines[end:], imported)
    return imported


def _read_records(lines: Sequence[str], where: str, known: Known | None, imported: Imported) -> None:
    columns = find_gutters(lines)
    if len(columns) != len(FIELDS[:12]):
        raise RegistryError(f"{where}: a table of {len(columns)} columns instead of 12: not as IANA draws it")
    cells = [[line[a:b].strip() for a, b in columns] for line in "\n".join(lines[_TITLE_LINES:]).rstrip().split("\n")]
    keys = [i for i, line in enumerate(cells) if any(line[:_KEY_COLUMNS])]
    if not keys:
        return
    try:
        blocks = RowFinder(cells, keys, _PROSE_COLUMNS, known).rows()
    except ValueError as error:
        raise RegistryError(f"{where}: {error}; the table is damaged: fetch it again") from None
    for block in blocks:
        rows = cells[block.top : block.top + block.height]
        values = {
            field: " ".join(filter(None, column))
            for field, column in zip(FIELDS[:12], zip(*rows, strict=True), strict=True)
        }
        doubtful = _doubtful(block, values)
        imported.records.append(make_record(values, where, imported.oddities, doubtful))
        if doubtful:
            imported.oddities["records of which the layout does not tell all bounds"] += 1


def _doubtful(block: Block, values: dict[str, str]) -> tuple[str, ...]:
    """Return the texts that an ambiguous row may have wrongly: those of its prose columns that say something."""
    if not block.ambiguous:
        return ()
    return tuple(FIELDS[column] for column in _PROSE_COLUMNS if values[FIELDS[column]])


def _read_people(lines: Sequence[str], imported: Imported) -> None:
    """Read the contact table, drawn as the records are; one that is not is passed over, with a remark."""
    stop = next((i for i, line in enumerate(lines) if line.strip() == _FOOTNOTES), len(lines))
    start = next((i for i, line in enumerate(lines) if line.strip() == "Updated"), stop) + 1
    body = "\n".join(lines[start:stop]).rstrip().split("\n")
    columns = find_gutters(body)
    cells = [[line[a:b].strip() for a, b in columns] for line in body]
    keys = [i for i, line in enumerate(cells) if line and line[0]]
    try:
        if len(columns) != _CONTACT_COLUMNS:
            raise ValueError
        blocks = RowFinder(cells, keys, (1, 2), None).rows()
    except ValueError:
        imported.oddities["a contact table that is not drawn as IANA draws it, passed over"] += 1
        return
    for block in blocks:
        rows = cells[block.top : block.top + block.height]
        texts = (" ".join(filter(None, column)) for column in zip(*rows, strict=True))
        identifier, *values = (clean(text, imported.oddities) for text in texts)
        imported.annex.people[identifier.strip("[]")] = Person(*values)
        if block.ambiguous:
            imported.oddities["contacts of which the layout does not tell all bounds"] += 1


def _read_footnotes(lines: Sequence[str], imported: Imported) -> None:
    start = next((i for i, line in enumerate(lines) if line.strip() == _FOOTNOTES), len(lines))
    anchor = ""
    for line in lines[start + 1 :]:
        if match := re.match(r"\[(\w+)\] (.*)", line):
            anchor = match[1]
            imported.annex.footnotes[anchor] = clean(match[2], imported.oddities)
        elif anchor and line.startswith("    "):
            imported.annex.footnotes[anchor] += " " + clean(line, imported.oddities)
        elif line:
            anchor = ""
