"""The door: words, rules, flow and store. It knows no wire, no road and no centre."""

__version__ = "0.1.0"
