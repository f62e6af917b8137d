"""
The door's words, one TOML file a language.

To add a language, write `xx.toml` beside `vi.toml` with the same keys; the tests say what is missing.
"""

import tomllib
from collections.abc import Mapping
from importlib import resources

_SPOKEN = "phrase."
"""Before the names of what is said aloud."""


class Words:
    """
    The words of one language.

    Args:
        language: Its code, such as `vi`.
        table: Sentences by dotted key; `{braces}` are filled in.
    """

    def __init__(self, language: str, table: Mapping[str, str]) -> None:
        self.language = language
        self.table = dict(table)

    def say(self, key: str, **facts: object) -> str:
        """
        A sentence, filled in.

        Raises:
            KeyError: If the language lacks the key: a fault of the word file, found by the tests.
        """
        return self.table[key].format_map(facts)


def languages() -> list[str]:
    """Codes of the languages that the door speaks, sorted."""
    files = resources.files(__name__).iterdir()
    return sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))


def load(language: str) -> Words:
    """
    The words of a language.

    Raises:
        FileNotFoundError: If there is no such language; `languages()` has those there are.
    """
    text = resources.files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return Words(language, _flat(tomllib.loads(text)))


def phrases(language: str) -> dict[str, str]:
    """What a voice says in a language, by name, such as `welcome` or `hint.too_small`."""
    table = load(language).table
    return {key.removeprefix(_SPOKEN): text for key, text in table.items() if key.startswith(_SPOKEN)}


def _flat(tree: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    table: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            table |= _flat(value, f"{prefix}{key}.")
        else:
            table[f"{prefix}{key}"] = str(value)
    return table
