"""The rules for service names (RFC 6335 section 5.1), which are younger than some of the names."""

import re
from typing import Final

_RULE: Final = re.compile(r"(?=.*[A-Za-z])(?!.*--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,13}[A-Za-z0-9])?")


def is_well_formed(name: str) -> bool:
    """Tell whether a name obeys the rules: 1 to 15 letters, digits and hyphens, at least one letter, no hyphen at
    either end or beside another.

    Legacy names that do not (``914c/g``, ``sql*net``) are in the registry as aliases, and are kept as they are.
    """
    return _RULE.fullmatch(name) is not None
