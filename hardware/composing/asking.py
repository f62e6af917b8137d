"""A question with its numbered answers, or the lines of a menu."""

from collections.abc import Sequence
from dataclasses import dataclass

from hardware.composing import pills, titles, words
from hardware.composing.sheet import Sheet, laid
from hardware.layout import Box, Wish, fit
from hardware.page import Plate, Text
from hardware.theme import Ground, Role
from kiosk.signals import Choice

_SHARES = (0.46, 0.40, 0.54, 0.34, 0.62, 0.28, 0.22)
"""Parts of the body that the question may take: the first that leaves both their size, or hurts least."""
_MENU_SHARES = (0.38, 0.44, 0.32, 0.5, 0.26)
_ASKED = 14
"""In letters of this part of the height, a question can be read as well as answers in theirs."""
_MOST_COLUMNS = 3
_HIGHEST = 3.6
"""No answer is higher than this part of the height."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """Answers side by side and below each other, all of one size."""

    size_px: int
    plates: tuple[Plate, ...]


def compose(sheet: Sheet, body: Box) -> None:
    """The question above, its answers below, what the other keys do at the lower end."""
    view = sheet.view
    rows = pills.hint_rows(sheet, view.keys, body.width)
    if rows:
        high = pills.height(rows)
        pills.put(sheet, rows, Box(body.x, body.bottom - high, body.width, high))
        body = Box(body.x, body.y, body.width, body.height - high - sheet.margin // 2)
    shares = _MENU_SHARES if view.state == "menu" else _SHARES
    worths = {share: _divided(sheet, body, share)[0] for share in shares}
    _, texts, grid = _divided(sheet, body, max(shares, key=worths.__getitem__))
    sheet.texts.extend(texts)
    sheet.plates.extend(grid.plates)


def _divided(sheet: Sheet, body: Box, share: float) -> tuple[float, list[Text], _Grid]:
    """The question with so much of the body, and its answers; before them, how well both do."""
    high = round(body.height * share)
    head = titles.beside(sheet, Box(body.x, body.y, body.width, high))
    role = Role.TITLE if sheet.view.state == "menu" else Role.HEADLINE
    texts = words.column(sheet, head, words.about(sheet, role), lift=0.4, most=7)
    answers = Box(body.x, body.y + high + sheet.gap, body.width, body.height - high - sheet.gap)
    grid = _arranged(sheet, sheet.view.choices, answers)
    smallest = sheet.wish(Role.CHOICE, "").smallest_px
    asked = min(text.fitted.size_px for text in texts) / sheet.part(_ASKED) if texts else 1.0
    return min(asked, grid.size_px / smallest, 1.0) + sheet.worth(texts) / 10, texts, grid


def _arranged(sheet: Sheet, choices: Sequence[Choice], room: Box) -> _Grid:
    """The arrangement with the largest letters, and of these the one with the largest plates."""
    grids = []
    for columns in range(1, min(_MOST_COLUMNS, len(choices)) + 1):
        rows = -(-len(choices) // columns)
        gap = sheet.gap
        width = (room.width - (columns - 1) * gap) // columns
        height = min((room.height - (rows - 1) * gap) // rows, sheet.part(_HIGHEST))
        grids.append((_grid(sheet, choices, room, columns, (width, height)), min(height, width / 3)))
    return max(grids, key=lambda one: (one[0].size_px, one[1]))[0]


def _grid(sheet: Sheet, choices: Sequence[Choice], room: Box, columns: int, cell: tuple[int, int]) -> _Grid:
    width, height = cell
    gap = sheet.gap
    pad = max(2, round(min(width, height) * 0.12))
    side = max(8, min(height - 2 * pad, round(width * 0.3), sheet.part(5.5)))
    inner = Box(side + 2 * pad, pad // 2, max(1, width - side - 3 * pad), max(1, height - pad))
    wish = sheet.wish(Role.CHOICE, "", patience=0.7)
    texts = [choice.text for choice in choices]
    wishes = [Wish(text, wish.measure, wish.largest_px, wish.smallest_px, 0.7) for text in texts]
    size = min(fit(one, inner.width, inner.height).size_px for one in wishes)
    rows = -(-len(choices) // columns)
    total = rows * height + (rows - 1) * gap
    top = room.y + (room.height - total) // 2 if sheet.view.state != "menu" else room.y
    plates = []
    for number, choice in enumerate(choices):
        row, column = divmod(number, columns)
        text = fit(Wish(choice.text, wish.measure, size, size, 0.9), inner.width, inner.height)
        line = laid(Role.CHOICE, text, inner.x, (height - text.height_px) // 2, inner)
        cap = pills.cap(sheet, choice.key, side, round(side * 0.74)).moved(pad, (height - side) // 2)
        plate = Plate(
            Box(0, 0, width, height),
            Ground.PANEL,
            round(sheet.unit / 40),
            (line,) if choice.text else (),
            (cap,),
            key=choice.key if choice.key in pills.KEYS else "",
        )
        plates.append(plate.moved(room.x + column * (width + gap), top + row * (height + gap)))
    return _Grid(size, tuple(plates))
