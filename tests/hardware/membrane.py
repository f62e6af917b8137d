"""The wires of a keypad without diodes."""

from gpiozero.pins.mock import MockFactory, MockPin

from hardware.keypad import LAYOUT

ROWS, COLUMNS = (5, 6, 13, 19), (12, 16, 20, 21)


def seen_when(down):
    """The keys that seem down when these are: current flows on from row to column through each of them."""
    seen, before = set(down), None
    while seen != before:
        before = set(seen)
        for row in LAYOUT:
            for other in LAYOUT:
                joined = any(a in seen and b in seen for a, b in zip(row, other, strict=True))
                if joined:
                    seen |= {a for a, b in zip(row, other, strict=True) if b in seen}
    return frozenset(seen)


class Membrane:
    """
    A membrane keypad on pins that nobody has: `down` are the keys that fingers hold.

    Args:
        columns: How many columns it has.
    """

    def __init__(self, columns=3):
        self.columns = COLUMNS[:columns]
        self.down = set()
        self.broken = False
        self.shorted = False
        self.factory = MockFactory(pin_class=MockPin)
        membrane = self

        class WiredPin(MockPin):
            def _get_state(self):
                if membrane.broken:
                    raise OSError(5, "Input/output error")
                if self.function == "input" and self.info.name in membrane.names(membrane.columns):
                    return not membrane.is_low(self)
                return super()._get_state()

            def _set_state(self, value):
                super()._set_state(value)
                membrane.check()

        self.factory.pin_class = WiredPin

    def names(self, numbers):
        return {f"GPIO{number}" for number in numbers}

    def wires(self):
        for key in self.down:
            row = next(index for index, keys in enumerate(LAYOUT) if key in keys)
            yield f"GPIO{ROWS[row]}", f"GPIO{COLUMNS[LAYOUT[row].index(key)]}"

    def is_low(self, pin):
        """Whether a driven row reaches this pin through keys that are down, over any detour."""
        reached, before = {pin.info.name}, None
        while reached != before:
            before = set(reached)
            for row, column in self.wires():
                if row in reached or column in reached:
                    reached |= {row, column}
        driven = {p.info.name for p in self.factory.pins.values() if p.function == "output" and not p._state}
        return bool(reached & driven)

    def check(self):
        driving = [pin for pin in self.factory.pins.values() if pin.function == "output"]
        self.shorted = self.shorted or len(driving) > 1
