"""
A door as `kiosk run --simulated`, to which each line of standard input is a code held up: `… serving DATA`.

So that ten thousand visitors come in minutes: what the door does for each is the same.
"""

import sys

from kiosk import __main__ as program
from kiosk.devices import assemble
from kiosk.model import Source
from kiosk.reports import Closing, Reading


def main() -> None:
    """Serve until the input ends."""
    settings = program.chosen_settings(None, sys.argv[1], ("screen.driver=dummy",), simulated=True)
    journal = program.building.open_journal(settings)
    door = program.building.build(settings, assemble(settings), journal, None)

    def listen() -> None:
        for line in sys.stdin:
            door.report(Reading((line.rstrip("\n"),), Source.CAMERA))
        door.report(Closing())

    door.accompany("input", listen)
    door.run()


if __name__ == "__main__":
    main()
