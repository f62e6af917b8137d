"""Which wires of a keypad's matrix are swapped, by what came when each key was pressed. Pure."""

from collections.abc import Mapping, Sequence

LAYOUT = ("123A", "456B", "789C", "*0#D")
"""The keys as people see them, a row a text."""


def layout(columns: int) -> tuple[str, ...]:
    """The keys of a keypad of three columns or four."""
    return tuple(row[:columns] for row in LAYOUT)


def explained(rows: Sequence[str], heard: Mapping[str, str]) -> list[str]:
    """
    What is wrong with the wires, a sentence each; none when every key came as itself.

    Args:
        rows: The keys as people see them.
        heard: What came when a key was pressed; nothing of those that did not come.
    """
    keys = [key for row in rows for key in row]
    silent = [key for key in keys if key not in heard]
    if all(heard.get(key) == key for key in keys):
        return []
    if len(silent) == len(keys):
        return ["no key came: see that keypad and box are joined, and keypad.row_pins and keypad.column_pins"]
    told = _silent(rows, silent)
    moved = {key: came for key, came in heard.items() if came != key}
    if moved:
        told += _swapped(rows, heard) or [_plainly(moved)]
    return told


def _silent(rows: Sequence[str], silent: Sequence[str]) -> list[str]:
    """Whole rows and columns that did not come have lost a wire; a key alone is worn."""
    told, rest = [], set(silent)
    for number, row in enumerate(rows, start=1):
        if rest.issuperset(row):
            told.append(f"row {number} is silent ({' '.join(row)}): its wire, {_pin('row', number)}, is off")
            rest -= set(row)
    for number in range(1, len(rows[0]) + 1):
        column = {row[number - 1] for row in rows}
        if column <= set(silent) and column & rest:
            where = _pin("column", number)
            told.append(f"column {number} is silent ({' '.join(sorted(column))}): its wire, {where}, is off")
            rest -= column
    if rest:
        told.append(f"did not come: {' '.join(key for key in silent if key in rest)}; press them once more")
    return told


def _swapped(rows: Sequence[str], heard: Mapping[str, str]) -> list[str]:
    """Rows and columns that stand in each other's places, where that explains all that came."""
    where = {key: (row, column) for row, keys in enumerate(rows) for column, key in enumerate(keys)}
    if any(came not in where for came in heard.values()):
        return []
    places = {where[key]: where[came] for key, came in heard.items()}
    row_of: dict[int, int] = {}
    column_of: dict[int, int] = {}
    for (row, column), (came_row, came_column) in places.items():
        if row_of.setdefault(row, came_row) != came_row:
            return _turned(places)
        if column_of.setdefault(column, came_column) != came_column:
            return _turned(places)
    return _moves("row", row_of) + _moves("column", column_of)


def _turned(places: Mapping[tuple[int, int], tuple[int, int]]) -> list[str]:
    """Rows wired as columns, the other way round."""
    if all(came == (column, row) for (row, column), came in places.items()):
        return ["rows and columns are exchanged: keypad.row_pins stand where keypad.column_pins belong"]
    return []


def _moves(what: str, came: Mapping[int, int]) -> list[str]:
    moved = {number: to for number, to in came.items() if number != to}
    pairs = {tuple(sorted(pair)) for pair in moved.items() if moved.get(pair[1]) == pair[0]}
    if pairs and {number for pair in pairs for number in pair} == set(moved):
        return [
            f"{what}s {one + 1} and {other + 1} are swapped: change {_pin(what, one + 1)} for"
            f" {_pin(what, other + 1)}"
            for one, other in sorted(pairs)
        ]
    if not moved:
        return []
    order = ", ".join(f"{number + 1} comes as {to + 1}" for number, to in sorted(moved.items()))
    return [f"{what}s are in another order ({order}): put keypad.{what}_pins in that order"]


def _plainly(moved: Mapping[str, str]) -> str:
    came = ", ".join(f"{key} came as {came}" for key, came in moved.items())
    return f"{came}: no order of the wires explains that; two of them touch, or a key was missed"


def _pin(what: str, number: int) -> str:
    return f"keypad.{what}_pins[{number - 1}]"
