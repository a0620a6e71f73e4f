"""Which of IANA's forms a file is, by its content."""

from typing import Final

from annotator.errors import RegistryError
from annotator.registry.forms.common import Imported
from annotator.registry.forms.csv_form import looks_like_csv, read_csv
from annotator.registry.forms.page_form import looks_like_page, read_page
from annotator.registry.forms.txt_form import looks_like_txt, read_txt
from annotator.registry.forms.txt_layout import Known
from annotator.registry.forms.xml_form import looks_like_xml, read_xml

_HEAD: Final = 64 << 10
"""Bytes in which a form shows itself: the page's titles stand behind its introduction."""


def read_form(data: bytes, name: str, known: Known | None = None) -> Imported:
    """Read a file of IANA's registry in whichever form it is.

    Args:
        data: the whole file; whoever reads it bounds its size.
        name: what to call it in messages.
        known: texts known of a record, for the plain text's sake (see :mod:`.txt_layout`).

    Raises:
        RegistryError: it is of no known form, damaged, or holds no record.
    """
    head = data[:_HEAD].decode("utf-8-sig", errors="replace").lstrip()
    if looks_like_csv(head):
        imported = read_csv(data, name)
    elif looks_like_xml(head):
        imported = read_xml(data, name)
    elif looks_like_txt(head):
        imported = read_txt(data, name, known)
    elif looks_like_page(head):
        imported = read_page(data, name)
    else:
        what = "an HTML page, and " if "<html" in head[:2000].lower() else ""
        raise RegistryError(
            f"{name}: {what}none of the forms of IANA's port registry (CSV, XML, TXT, the text of its page)"
        )
    if not imported.records:
        raise RegistryError(f"{name}: no record of a port registry in it")
    return imported
