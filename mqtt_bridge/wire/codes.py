"""Codes that the centre signs, and doors believe: the badges of guards and technicians."""

from kiosk.signing import Purpose, SignedCode, key_id, sign

__all__ = ["Purpose", "SignedCode", "key_id", "sign"]
