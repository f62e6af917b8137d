"""Which wires of the lamp are swapped, by the colours that were seen. Pure."""

from collections.abc import Mapping

COLOURS = ("red", "green", "blue")
ANSWERS = (*COLOURS, "dark", "other")


def explained(seen: Mapping[str, str]) -> list[str]:
    """
    What is wrong with the lamp, a sentence each; none when every colour was seen as itself.

    Args:
        seen: By the colour that was asked for what was seen: one of `ANSWERS`, or empty for not told.
    """
    told = {colour: answer for colour, answer in seen.items() if answer}
    wrong = {colour: answer for colour, answer in told.items() if answer != colour}
    if not wrong:
        return []
    if set(wrong.values()) == {"dark"}:
        if len(wrong) == len(COLOURS):
            return ["dark: see its common wire, the lamp's pins, and lamp.active_high"]
        return [f"{' and '.join(wrong)} stays dark: see {' and '.join(map(_pin, wrong))}"]
    if set(wrong.values()) == {"other"} and len(wrong) == len(COLOURS):
        return ["shines in the other two colours each time: change lamp.active_high"]
    if set(wrong) == set(wrong.values()):
        order = ", ".join(f"{colour} came as {answer}" for colour, answer in wrong.items())
        return [f"{order}: {' and '.join(map(_pin, wrong))} are swapped"]
    return [f"{colour} came as {answer}: see {_pin(colour)}" for colour, answer in wrong.items()]


def _pin(colour: str) -> str:
    return f"lamp.{colour}_pin"
