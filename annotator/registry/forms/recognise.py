"""Which of IANA's forms a file is, by its content."""

from annotator.errors import RegistryError
from annotator.registry.forms.common import MAX_BYTES, Imported
from annotator.registry.forms.csv_form import looks_like_csv, read_csv


def read_form(data: bytes, name: str) -> Imported:
    """Read a file of IANA's registry in whichever form it is.

    Args:
        data: the whole file.
        name: what to call it in messages.

    Raises:
        RegistryError: it is of no known form, damaged, or holds no record.
    """
    if len(data) > MAX_BYTES:
        raise RegistryError(f"{name}: larger than {MAX_BYTES >> 20} MB: not IANA's port registry")
    head = data[:4096].decode("utf-8-sig", errors="replace").lstrip()
    if looks_like_csv(head):
        imported = read_csv(data, name)
    else:
        raise RegistryError(
            f"{name}: not a form of IANA's port registry (CSV, XML, TXT or the text of its page)"
        )
    if not imported.records:
        raise RegistryError(f"{name}: no record of a port registry in it")
    return imported
