"""Put the rows of IANA's plain-text table together again.

The text is a table drawn with spaces: columns stand at fixed places, a cell that is too wide is broken into lines,
and every cell is centred vertically in its row. No line says where a row begins or ends. What is certain:

- one line of each row, its *key line*, holds the cells that never break: name, port, transport. In a row of ``h``
  lines it is line ``(h - 1) // 2``, so ``b`` lines below it means ``b`` or ``b - 1`` above it;
- a cell of ``m`` lines begins at line ``(h - m) // 2``, and the tallest cell fills the row.

The lines between two key lines are shared out so that these rules are broken least (:data:`_BROKEN_RULE`). Where
more than one way breaks none, signs in the text decide, and the fields in question are reported as ambiguous:

1. a text that is known already for this record (:data:`_KNOWN_TEXT`)
2. rows that share name and port (tcp and udp) mostly share their texts
3. a line is not broken where the next word would have fitted, brackets close in the cell that opens them,
   no text ends in a preposition, and short rows are commoner than tall ones
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

Cells: TypeAlias = Sequence[Sequence[str]]
"""Stripped texts by line and column."""

_BROKEN_RULE: Final = 1000.0
_KNOWN_TEXT: Final = -20.0
_TWIN_DIFFERS: Final = 1.0
_NEEDLESS_BREAK: Final = 1.0
_EMPTY_LINE: Final = 0.5
_OPEN_BRACKET: Final = 1.0
_DANGLING_END: Final = 1.0
_TALL: Final = 0.001  # times the square of the height
_TALLEST: Final = 40
_DANGLING: Final = re.compile(r"\b(?:an?|the|of|for|to|via|and|or|in|with|by|from|on)$")


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one row."""

    top: int
    height: int
    ambiguous: bool
    """Whether another division of the lines fits the layout as well."""


_State: TypeAlias = tuple[int, int]
_Layers: TypeAlias = Sequence[Sequence[_State]]

Known: TypeAlias = Callable[[str, str, str], frozenset[str]]
"""Texts that a record of this name, port and transport is known to have."""


def find_gutters(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return (start, end) of the columns: the runs between places that are blank in every line."""
    inked: set[int] = set()
    for line in set(lines):
        inked.update(i for i, character in enumerate(line) if character != " ")
    columns: list[tuple[int, int]] = []
    for place in sorted(inked):
        if columns and columns[-1][1] == place:
            columns[-1] = (columns[-1][0], place + 1)
        else:
            columns.append((place, place + 1))
    return columns


class RowFinder:
    """Divides the lines of a table into rows.

    A row's *state* is the number of lines above and below its key line; neighbouring states must share out the
    lines between them, and the cheapest path through the states of all rows is the division.
    """

    def __init__(self, cells: Cells, keys: Sequence[int], prose: Sequence[int], known: Known | None) -> None:
        """Prepare for ``cells``, of which the lines ``keys`` are key lines.

        Args:
            cells: texts by line and column.
            keys: indexes into ``cells``, ascending.
            prose: columns of free text: the ones that break into lines.
            known: what is known of the records already, if anything.
        """
        self._cells = cells
        self._keys = keys
        self._prose = prose
        self._known = known
        self._widths = [max(map(len, column)) for column in zip(*cells, strict=True)]

    def rows(self) -> list[Block]:
        """Return the rows, in order; together they hold every line.

        Raises:
            ValueError: no division shares out all lines, or a row would be absurdly tall.
        """
        layers = self._layers()
        costs = [self._costs(n, layer) for n, layer in enumerate(layers)]
        path = self._cheapest(layers, costs)
        return [
            Block(self._keys[n] - state[0], sum(state) + 1, state in ambiguous and not self._is_known(n, state))
            for n, (state, ambiguous) in enumerate(zip(path, self._ambiguous(layers, costs), strict=True))
        ]

    def _gap(self, n: int) -> int:
        """Return the number of lines between key line ``n`` and the next, or the end."""
        end = self._keys[n + 1] if n + 1 < len(self._keys) else len(self._cells)
        return end - self._keys[n] - 1

    def _layers(self) -> list[list[_State]]:
        """Return the states that each row can have, so that the first and the last line are used up."""
        layers: list[list[_State]] = []
        above = {self._keys[0]}
        for n in range(len(self._keys)):
            gap = self._gap(n)
            if gap > 2 * _TALLEST:
                raise ValueError("a row is taller than any of IANA's")
            layer = [(a, b) for a in sorted(above) for b in (a, a + 1) if b <= gap]
            layers.append(layer)
            above = {gap - below for _, below in layer}
        layers[-1] = [state for state in layers[-1] if state[1] == self._gap(len(layers) - 1)]
        for n in range(len(layers) - 2, -1, -1):
            wanted = {above for above, _ in layers[n + 1]}
            layers[n] = [state for state in layers[n] if self._gap(n) - state[1] in wanted]
        if not layers[0]:
            raise ValueError("its lines do not divide into rows")
        return layers

    def _costs(self, n: int, layer: Sequence[_State]) -> dict[_State, float]:
        """Return what each state costs by itself; where there is no choice, nothing."""
        if len(layer) == 1:
            return {layer[0]: 0.0}
        return {state: _BROKEN_RULE * self._broken(n, state) + self._signs(n, state) for state in layer}

    def _broken(self, n: int, state: _State) -> int:
        """Count the rules of the layout that a row of this state breaks."""
        top, height = self._keys[n] - state[0], sum(state) + 1
        broken, filled = 0, False
        for column in range(len(self._widths)):
            inked = [i for i in range(height) if self._cells[top + i][column]]
            if inked:
                tall = inked[-1] - inked[0] + 1
                broken += inked[0] != (height - tall) // 2
                filled |= tall == height
        return broken + (not filled)

    def _signs(self, n: int, state: _State) -> float:
        """Weigh the signs of sense in the texts of a row; less is better."""
        top, height = self._keys[n] - state[0], sum(state) + 1
        cost = _TALL * height * height + _KNOWN_TEXT * self._is_known(n, state)
        for column in self._prose:
            lines = [self._cells[top + i][column] for i in range(height)]
            text = " ".join(filter(None, lines))
            cost += _OPEN_BRACKET * (text.count("(") != text.count(")"))
            cost += _DANGLING_END * bool(_DANGLING.search(text))
            for line, following in pairwise("\n".join(lines).strip("\n").split("\n")):
                if not following:
                    cost += _EMPTY_LINE
                elif line and len(line) + 1 + len(following.split(" ", 1)[0]) <= self._widths[column]:
                    cost += _NEEDLESS_BREAK
        return cost

    def _text(self, n: int, state: _State, column: int) -> str:
        top = self._keys[n] - state[0]
        return " ".join(filter(None, (self._cells[top + i][column] for i in range(sum(state) + 1))))

    def _is_known(self, n: int, state: _State) -> bool:
        """Tell whether the row's first text is one that is known of its record."""
        if self._known is None:
            return False
        name, port, transport = self._cells[self._keys[n]][:3]
        return self._text(n, state, self._prose[0]) in self._known(name, port, transport)

    def _twin(self, n: int, before: _State, state: _State) -> float:
        """Weigh the difference of a row from the one before it, of the same name and port."""
        if self._cells[self._keys[n - 1]][:2] != self._cells[self._keys[n]][:2]:
            return 0.0
        return _TWIN_DIFFERS * sum(
            self._text(n - 1, before, column) != self._text(n, state, column) for column in self._prose
        )

    def _follows(self, n: int, before: _State, state: _State) -> bool:
        return before[1] + state[0] == self._gap(n - 1)

    def _cheapest(self, layers: _Layers, costs: list[dict[_State, float]]) -> list[_State]:
        totals = dict(costs[0])
        origins: list[dict[_State, _State]] = [{}]
        for n in range(1, len(layers)):
            here: dict[_State, float] = {}
            origin: dict[_State, _State] = {}
            choice = len(layers[n]) > 1 or len(layers[n - 1]) > 1
            for state in layers[n]:
                for before in layers[n - 1]:
                    if self._follows(n, before, state):
                        total = totals[before] + costs[n][state]
                        total += self._twin(n, before, state) if choice else 0.0
                        if state not in here or total < here[state]:
                            here[state], origin[state] = total, before
            totals = here
            origins.append(origin)
        path = [min(totals, key=totals.__getitem__)]
        for origin in reversed(origins[1:]):
            path.append(origin[path[-1]])
        path.reverse()
        return path

    def _ambiguous(self, layers: _Layers, costs: list[dict[_State, float]]) -> list[set[_State]]:
        """Return, for each row, the states that break as few rules as any, where there are several."""
        broken = [{state: cost // (_BROKEN_RULE / 2) for state, cost in row.items()} for row in costs]
        forward = [broken[0]]
        for n in range(1, len(layers)):
            forward.append(
                {
                    state: broken[n][state] + min(forward[-1][b] for b in layers[n - 1] if self._follows(n, b, state))
                    for state in layers[n]
                }
            )
        behind = dict.fromkeys(layers[-1], 0.0)
        ambiguous: list[set[_State]] = []
        for n in range(len(layers) - 1, -1, -1):
            through = {state: forward[n][state] + behind[state] for state in layers[n]}
            least = min(through.values())
            viable = {state for state, count in through.items() if count == least}
            ambiguous.append(viable if len(viable) > 1 else set())
            if n:
                behind = {
                    before: min(
                        behind[state] + broken[n][state] for state in layers[n] if self._follows(n, before, state)
                    )
                    for before in layers[n - 1]
                }
        ambiguous.reverse()
        return ambiguous
