"""
Where everything of a view stands: `compose(view, width, height, bold, medium)` gives its page.

Pure. Sizes are parts of the screen's height, as the rules of the screen ask; on a screen that stands
upright they are parts of its width, which is the height of the same screen lying down.
"""

from hardware.layout import Box, Fitted, Measure, Wish, fit, height_of, stack
from hardware.page import BOLD_ROLES, Page, Pill, Role, Text
from kiosk.signals import Picture, SignKind, View

UPRIGHT_GAIN = 1.15
"""An upright screen has height to spare, so its letters may be a little larger than its width asks."""

MOST_SIGN_ROWS = 2
"""Signs shrink before they take a third row from the body."""


def compose(view: View, width: int, height: int, bold: Measure, medium: Measure) -> Page:
    """Lay a view out on a screen of this size; nothing overlaps and nothing is cut."""
    return _Composer(view, width, height, bold, medium).page()


class _Composer:
    """One layout in the making."""

    def __init__(self, view: View, width: int, height: int, bold: Measure, medium: Measure) -> None:
        self.view = view
        self.upright = height > width
        self.unit = min(height, round(width * UPRIGHT_GAIN)) if self.upright else height
        self.margin = round(self.unit / 20)
        self.screen = Box(0, 0, width, height)
        self.bold = bold
        self.medium = medium
        self.texts: list[Text] = []
        self.pills: list[Pill] = []

    def page(self) -> Page:
        """The whole page."""
        body = self._between(self._header(), self._signs())
        if self.view.state == "typing" or self.view.digits:
            return self._typing(body)
        if self.view.aiming:
            return self._aiming(body)
        return self._answer(body)

    def _part(self, divisor: float) -> int:
        return max(8, round(self.unit / divisor))

    def _wish(self, role: Role, text: str, largest: int, smallest: int, patience: float = 0.8) -> Wish:
        measure = self.bold if role in BOLD_ROLES else self.medium
        return Wish(text, measure, largest, smallest, patience)

    def _header(self) -> int:
        """Place and door to the left, time to the right; gives the row where the body may begin."""
        view, top = self.view, round(self.margin * 0.6)
        inner = self.screen.width - 2 * self.margin
        bottom = self.margin
        if view.time:
            wish = self._wish(Role.TIME, view.time, self._part(9 if self.upright else 8), 10)
            time = fit(wish, round(inner * 0.4), self.unit)
            self._place(Role.TIME, time, self.screen.width - self.margin - time.width_px, top)
            inner -= time.width_px + self.margin
            bottom = max(bottom, top + time.height_px)
        door = " · ".join(part for part in (view.door, view.way) if part)
        lines = [(Role.PLACE, view.place, 17, 34), (Role.DOOR, door, 21, 34)]
        wishes = [
            (role, self._wish(role, text, self._part(large), self._part(small), 0.6))
            for role, text, large, small in lines
            if text
        ]
        fitted = stack(
            [wish for _, wish in wishes], inner, round(self.unit / (4.4 if self.upright else 6.2)), 0
        )
        block = sum(text.height_px for text in fitted)
        y = top + max(0, (bottom - top - block) // 2) if view.time else top
        for (role, _), text in zip(wishes, fitted, strict=True):
            self._place(role, text, self.margin, y)
            y += text.height_px
        return max(bottom, y) + round(self.margin * 0.25)

    def _signs(self) -> int:
        """Signs along the lower edge, in rows; gives the row where the body must end."""
        if not self.view.signs:
            return self.screen.height - self.margin
        inner = self.screen.width - 2 * self.margin
        labels: list[tuple[SignKind | None, str]] = [(sign.kind, sign.text) for sign in self.view.signs]
        size, rows = self._part(24), self._rows(labels, self._part(24), inner)
        while len(rows) > MOST_SIGN_ROWS and size > self._part(32):
            size -= 1
            rows = self._rows(labels, size, inner)
        return self._pills(rows, size, None) - round(self.margin * 0.3)

    def _rows(self, labels: list[tuple[SignKind | None, str]], size: int, room: int) -> list[list[Pill]]:
        """Labels from left to right, row by row, the first at 0, 0."""
        gap = round(size * 0.5)
        rows: list[list[Pill]] = [[]]
        x = y = 0
        for kind, words in labels:
            pill = self._label(kind, words, size, room)
            if rows[-1] and x + pill.box.width > room:
                y += max(placed.box.height for placed in rows[-1]) + gap
                x = 0
                rows.append([])
            rows[-1].append(pill.moved(x, y))
            x += pill.box.width + gap
        return rows

    def _label(self, kind: SignKind | None, words: str, size: int, room: int) -> Pill:
        """A sign on one line, or a hint on two at most, at 0, 0."""
        side = round(size * 1.15) if kind else 0
        start, tail = round(size * (0.55 if kind else 0.75)), round(size * 0.75)
        lead = start + (side + round(size * 0.4) if kind else 0)
        if kind:
            # No-break spaces: a sign shrinks instead of taking a second line.
            wish = self._wish(Role.SIGN, words.replace(" ", "\u00a0"), size, 6, 0)
        else:
            wish = self._wish(Role.KEYS, words, size, 6, 0.85)
        text = fit(wish, room - lead - tail, height_of(1 if kind else 2, size))
        height = max(round(size * 1.7), text.height_px + round(size * 0.3))
        place = Box(lead, (height - text.height_px) // 2, text.width_px, text.height_px)
        icon = Box(start, (height - side) // 2, side, side) if kind else None
        role = Role.SIGN if kind else Role.KEYS
        return Pill(Box(0, 0, lead + text.width_px + tail, height), Text(role, place, text), icon, kind)

    def _pills(self, rows: list[list[Pill]], size: int, column: Box | None, *, centred: bool = False) -> int:
        """Put rows at the lower end of a column, or of the screen; gives the row where they begin."""
        gap = round(size * 0.5)
        height = max(pill.box.bottom for pill in rows[-1])
        room = column or Box(self.margin, 0, self.screen.width - 2 * self.margin, self.screen.height)
        top = room.bottom - height - (0 if column else round(self.margin * 0.5))
        for row in rows:
            left = room.x + ((room.width - row[-1].box.right) // 2 if centred else 0)
            self.pills.extend(pill.moved(left, top) for pill in row)
        return top - gap

    def _hints(self, column: Box, *, centred: bool = False) -> Box:
        """What the keys do, at the lower end of a column; gives what is left of the column."""
        hints: list[tuple[SignKind | None, str]] = [
            (None, hint.strip()) for hint in self.view.keys.split("  ") if hint.strip()
        ]
        if not hints:
            return column
        size = self._part(19)
        rows = self._rows(hints, size, column.width)
        top = self._pills(rows, size, column, centred=centred)
        return Box(column.x, column.y, column.width, max(1, top - column.y - round(size * 0.3)))

    def _between(self, top: int, bottom: int) -> Box:
        return Box(self.margin, top, self.screen.width - 2 * self.margin, bottom - top)

    def _place(self, role: Role, text: Fitted, x: int, y: int) -> None:
        self.texts.append(Text(role, Box(x, y, text.width_px, text.height_px), text))

    def _column(
        self, column: Box, *, centred: bool = False, large: float = 5.4, note: float | None = None
    ) -> None:
        """Headline, name, detail and note below each other, in the middle of a column."""
        view = self.view
        alone = not (view.name or view.detail)
        lines = [
            (Role.HEADLINE, view.headline, large, 14.0, 0.7),
            (Role.NAME, view.name, 8.0, 14.0, 0.72),
            (Role.DETAIL, view.detail, 9.0, 16.0, 0.8),
            (Role.NOTE, view.note, note or (10.0 if alone else 14.0), 22.0, 0.8),
        ]
        wishes = [
            (role, self._wish(role, text, self._part(big), self._part(small), patience))
            for role, text, big, small, patience in lines
            if text
        ]
        gap = 0 if len(wishes) > 2 else round(self.unit / 60)  # noqa: PLR2004 - two texts have room between
        fitted = stack([wish for _, wish in wishes], column.width, column.height, gap)
        total = sum(text.height_px for text in fitted) + gap * max(0, len(fitted) - 1)
        if total > column.height:
            gap, total = 0, sum(text.height_px for text in fitted)
        y = column.y + (column.height - total) // 2
        for (role, _), text in zip(wishes, fitted, strict=True):
            width = column.width if centred else text.width_px
            box = Box(column.x, y, width, text.height_px)
            self.texts.append(Text(role, box, text, centred))
            y += text.height_px + gap

    def _aiming(self, body: Box) -> Page:
        """The camera's picture beside or above the words."""
        gap = self.margin
        if self.upright:
            pane = Box(body.x, body.y, body.width, round(body.height * (0.46 if self.view.note else 0.52)))
            column = Box(body.x, pane.bottom + gap // 2, body.width, body.bottom - pane.bottom - gap // 2)
        else:
            pane = Box(body.x, body.y, round(body.width * 0.45), body.height)
            column = Box(pane.right + gap, body.y, body.right - pane.right - gap, body.height)
        self._column(self._hints(column), large=8.0, note=20)
        return self._page(pane=pane)

    def _answer(self, body: Box) -> Page:
        """A drawing beside or above the words."""
        drawn = self.view.picture
        silent = not (self.view.headline or self.view.name or self.view.detail or self.view.note)
        if drawn is Picture.NONE and silent:
            drawn = Picture.CARD
        if drawn is Picture.NONE:
            self._column(self._hints(body, centred=True), centred=True)
            return self._page()
        if silent:
            body = self._hints(body, centred=True)
            side = min(body.width, body.height) * 3 // 5
            return self._page(picture=(drawn, _centred(body, side)))
        if self.upright:
            side = min(round(body.width * 0.62), round(body.height * 0.36))
            area = Box(body.x, body.y, body.width, side + self.margin)
            below = Box(body.x, area.bottom, body.width, body.height - area.height)
            self._column(self._hints(below, centred=True), centred=True)
            return self._page(picture=(drawn, _centred(area, side)))
        side = min(round(body.width * 0.31), round(body.height * 0.72))
        area = Box(body.x, body.y, round(body.width * 0.33), body.height)
        left = area.right + round(self.margin * 0.8)
        self._column(self._hints(Box(left, body.y, body.right - left, body.height)))
        return self._page(picture=(drawn, _centred(area, side)))

    def _typing(self, body: Box) -> Page:
        """The number in huge digits, and the keys as they lie."""
        gap = self.margin
        if self.upright:
            keypad_height = round(body.height * 0.46)
            column = Box(body.x, body.y, body.width, body.height - keypad_height - gap)
            area = Box(body.x, column.bottom + gap, body.width, keypad_height)
        else:
            area_width = min(round(body.width * 0.36), round(body.height * 0.82))
            area = Box(body.right - area_width, body.y, area_width, body.height)
            column = Box(body.x, body.y, body.width - area_width - gap, body.height)
        cell = min(area.width / 3, area.height / 4)
        keypad = Box(
            area.x + round((area.width - 3 * cell) / 2),
            area.y + round((area.height - 4 * cell) / 2),
            int(3 * cell),
            int(4 * cell),
        )
        rest = self._hints(column)
        size_px = min(self._part(5.6), round(rest.height * 0.3))
        field_height = height_of(1, size_px)
        field_box = Box(rest.x, rest.bottom - field_height - gap // 3, rest.width, field_height)
        # No-break spaces: digits stay on one line and shrink instead.
        digits = self.view.digits.replace(" ", "\u00a0")
        pad = round(self.margin * 0.7)
        if digits:
            wish = self._wish(Role.DIGITS, digits, size_px, 8, 0)
            text = fit(wish, rest.width - 2 * pad - max(4, size_px // 12), field_height)
            y = field_box.y + (field_height - text.height_px) // 2
            self._place(Role.DIGITS, text, field_box.x + pad, y)
        words = Box(rest.x, rest.y, rest.width, max(1, field_box.y - rest.y - gap // 3))
        self._column(words, large=8.0, note=20)
        return self._page(field_box=field_box, keypad=keypad)

    def _page(
        self,
        *,
        picture: tuple[Picture, Box] | None = None,
        pane: Box | None = None,
        field_box: Box | None = None,
        keypad: Box | None = None,
    ) -> Page:
        return Page(tuple(self.texts), tuple(self.pills), picture, pane, field_box, keypad)


def _centred(area: Box, side: int) -> Box:
    return Box(area.x + (area.width - side) // 2, area.y + (area.height - side) // 2, side, side)
