"""The scans of a JPEG: a file of some kilobytes may ask for thousands of passes over a large picture."""

import re
from typing import Final

_NEXT: Final = re.compile(rb"\xff+([^\x00\x01\xff\xd0-\xd7])")
"""A marker that begins something: no stuffed byte of a picture's data, and none that stands alone."""
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA


def scans(jpeg: bytes) -> int:
    """
    How many scans a JPEG has, up to its end (ITU-T T.81, B.1 and B.2): 1 of a plain one, about 10 of a
    progressive one.

    What follows the end, as the film behind a phone's moving picture, counts as little as what its segments
    hold, as a small picture in EXIF.
    """
    count = place = 0
    while found := _NEXT.search(jpeg, place):
        place = found.end()
        marker = jpeg[place - 1]
        if marker == _EOI:
            break
        if marker == _SOI:
            continue
        count += marker == _SOS
        # The length counts itself; what a decoder makes of a shorter one is no matter of ours.
        place += max(2, int.from_bytes(jpeg[place : place + 2]))
    return count
