"""The wires: whatever touches a device. Pictures of visitors never leave this package."""

import os

# pygame greets on standard output, where scripts listen for the door's lines.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
