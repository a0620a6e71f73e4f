"""The files that a page is made of, and what its Content-Security-Policy says of them.

Everything stands in the page itself. Scripts and styles are allowed by the hash of their text (CSP level 3, section
2.3.1, ``hash-source``), so that nothing else runs, whatever text a packet brought, and the same report has the same
bytes each time.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Library:
    """A library of somebody else's that is part of each page, file by file as its author published it."""

    name: str
    version: str
    source: str
    licence: str
    """Name of the file with the licence's text."""
    script: str
    style: str


LIBRARIES: Final = (
    Library(
        "Tabulator",
        "6.5.3",
        "https://github.com/olifolkerd/tabulator",
        "tabulator.LICENSE",
        "tabulator.min.js",
        "tabulator_simple.min.css",
    ),
    Library(
        "uPlot", "1.6.32", "https://github.com/leeoniya/uPlot", "uplot.LICENSE", "uPlot.iife.min.js", "uPlot.min.css"
    ),
)
"""Tables, and charts over time. Their files are in ``libraries/``."""

_SOURCE_MAP: Final = re.compile(r"^(//|/\*)# sourceMappingURL=.*$", re.MULTILINE)
"""A pointer to a file that is not there: developer tools would ask for it."""

ICON: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='3' fill='%231f4e79'/%3E"
    "%3Cpath d='M4 11V7h2V5h4v2h2v4z' fill='%23fff'/%3E%3C/svg%3E"
)
"""A page without an icon makes browsers ask the server for one."""


@dataclass(frozen=True, slots=True)
class Block:
    """A script or a style sheet, as it stands in the page."""

    text: Markup

    @property
    def source(self) -> str:
        """Its ``hash-source``."""
        return f"'sha256-{b64encode(sha256(self.text.encode()).digest()).decode()}'"


def read(name: str) -> str:
    """Read a file of this folder."""
    return files(__package__).joinpath(name).read_text("utf-8")


def _block(name: str, licence: str = "") -> Block:
    text = _SOURCE_MAP.sub("", read(name)).strip()
    if licence:
        text = f"/*!\n{licence.strip()}\n*/\n{text}"
    if re.search(r"</(script|style)|<!--", text, re.IGNORECASE):
        raise ValueError(f"{name} would end the element that it stands in")
    return Block(Markup(f"\n{text}\n"))  # noqa: S704 (our own files, and the libraries')


@cache
def scripts() -> tuple[Block, ...]:
    """Give the libraries' scripts, each with its licence, then the page's own."""
    theirs = (_block(f"libraries/{lib.script}", read(f"libraries/{lib.licence}")) for lib in LIBRARIES)
    return (*theirs, _block("page.js"))


@cache
def styles() -> tuple[Block, ...]:
    """Give the libraries' style sheets, each with its licence, then the page's own."""
    theirs = (_block(f"libraries/{lib.style}", read(f"libraries/{lib.licence}")) for lib in LIBRARIES)
    return (*theirs, _block("page.css"))


def policy() -> str:
    """Give the Content-Security-Policy: these scripts and styles, images that are in the page, and nothing else."""
    parts = (
        "default-src 'none'",
        f"script-src {' '.join(block.source for block in scripts())}",
        f"style-src {' '.join(block.source for block in styles())}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(parts)
