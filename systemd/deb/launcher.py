#!/usr/bin/python3 -sP
"""Runs a command out of the version's own folder; libcamera, picamera2, lgpio and evdev are the system's."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

from @MODULE@.__main__ import main

main()
