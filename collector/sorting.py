"""How names are sorted for people."""

from collector.searching import folded


def key(text: str) -> tuple[str, str]:
    """
    By what a list of names is sorted: without accents and case, đ as d; what is the same then, as it stands.

    Databases sort by the letters' numbers: Đ, Â and Ủ would stand behind Z.
    """
    return folded(text), text
