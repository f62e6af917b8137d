"""Words made by chance, for people to read from paper and type in."""

import secrets

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for one another on paper: five bits each."""


def word(letters: int) -> str:
    """So many letters, each by chance."""
    return "".join(secrets.choice(LETTERS) for _ in range(letters))
