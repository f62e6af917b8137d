"""
Looks for codes as zxing-cpp's documentation does, at the simulated camera: `python -m tests.benchmarks.watching S`.

Prints which share of a processor that took over S seconds, the camera included.
"""

import sys
import time

from hardware.simulated.camera import SimulatedCamera
from tests.benchmarks.readers import PlainZxingCpp


def main() -> None:
    """Watch an empty room, 15 frames a second."""
    camera, reader = SimulatedCamera(), PlainZxingCpp()
    camera.open()
    began_s, before_s = time.monotonic(), time.process_time()
    while (passed_s := time.monotonic() - began_s) < float(sys.argv[1]):
        reader.read(camera.capture().luma)
    print((time.process_time() - before_s) / passed_s)


if __name__ == "__main__":
    main()
