"""Codes that the centre signs, and doors believe: the badges of guards."""

from kiosk.signing import Purpose, SignedCode, sign

__all__ = ["Purpose", "SignedCode", "sign"]
