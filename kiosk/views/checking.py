"""What was found of the box, page by page, in the language of whoever stands there."""

from collections.abc import Sequence
from dataclasses import replace

from kiosk.findings import Finding, Page, State, pages, serves
from kiosk.manner import Manner
from kiosk.signals import Choice, Mood, Picture, Row, View
from kiosk.states import Checking
from kiosk.words import Words


def checking(frame: View, state: Checking, manner: Manner) -> View:
    """The check of a door that serves meanwhile."""
    words = manner.spoken(state.memory.language)
    if not state.findings:
        end = Choice("*", words.say("check.end"))
        return replace(frame, picture=Picture.TOOLS, headline=words.say("check.looking"), keys=(end,))
    last = len(pages(state.findings)) - 1
    on, back = ("end" if state.turn >= last else "next"), ("back" if state.turn else "end")
    # Where both would say the same, one is enough.
    keys = (Choice("#", words.say(f"check.{on}")), Choice("*", words.say(f"check.{back}")))
    return page(replace(frame, keys=keys[: 1 if on == back else 2]), state.findings, state.turn, words)


def page(frame: View, findings: Sequence[Finding], turn: int, words: Words) -> View:
    """
    One page of the findings.

    Of a part that is not well the sentence is as the terminal has it: it names files, pins and commands.

    Args:
        frame: What stands around them.
        findings: All of them, one at least.
        turn: Which page, from 0.
        words: The screen's language.
    """
    all_ = pages(findings)
    frame, place = replace(frame, picture=Picture.TOOLS), f"{turn + 1}/{len(all_)}"
    match all_[turn]:
        case Page((ill,), closely=True):
            return replace(
                frame,
                mood=Mood.AMBER if ill.state is State.WARNING else Mood.RED,
                headline=name(ill.part, words),
                detail=f"{words.say(f'check.state.{ill.state}')} · {place}",
                note=ill.says,
            )
        case Page(some):
            headline = words.say("check.headline" if serves(findings) else "check.headline_ill")
            rows = tuple(_row(one, words) for one in some)
            return replace(frame, headline=headline, rows=rows, turn=place)


def name(part: str, words: Words) -> str:
    """A part's name in the screen's language; as it stands in the settings where there is none."""
    return words.table.get(f"check.part.{part}", part)


def _row(finding: Finding, words: Words) -> Row:
    return Row(
        text=name(finding.part, words),
        detail=words.say(f"check.state.{finding.state}"),
        done=finding.state is State.OK,
    )
