"""Two reports compared: which services and endpoints were added, are gone, or have changed."""

from annotator.difference.difference import Change, Difference, Table, compare
from annotator.difference.side import Side, side_of_json, side_of_report

__all__ = ["Change", "Difference", "Side", "Table", "compare", "side_of_json", "side_of_report"]
