"""
Joins a wireless network by the road's own code, inside a guest.

usage: python -m tests.device.guest.joining < WISH

WISH is a JSON object: `ssid`, and `password` and `hidden` where they matter; or null, to have what was given up tried
again. What came of it is told in one line: `done`, or the hitch and what the log says of it.
"""

import json
import sys

from kiosk.setup_codes import Wifi
from mqtt_bridge.enrolling import wireless
from mqtt_bridge.enrolling.hindrance import Hindered

wish = json.load(sys.stdin)
try:
    if wish is None:
        wireless.try_again()
    else:
        joined = wireless.join(Wifi(**wish))
        joined.keep()
        joined.forget_others()
except Hindered as hindered:
    sys.stdout.write(f"{hindered}\n")
else:
    sys.stdout.write("done\n")
