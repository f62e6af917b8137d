"""
A card made ready for a box: what its first boot needs, written onto the boot partition (`kiosk card`).

The card holds a stock Raspberry Pi OS Lite (64-bit, trixie), whose cloud-init reads its orders from that
partition. No secret stands in those orders: each lies in a file of its own, which the first boot takes away.
"""
