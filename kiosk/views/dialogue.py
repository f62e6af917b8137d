"""The screens that wait for a choice: a question to a visitor, and the guard's own."""

from dataclasses import replace

from kiosk import phones
from kiosk.flow.guarding import ROWS, pages
from kiosk.manner import Manner
from kiosk.model import Moment
from kiosk.questions import PHONE, Question, said_in
from kiosk.signals import Choice, Picture, View
from kiosk.states import Asking, Leaf, Menu
from kiosk.views.answers import duty_ends
from kiosk.views.people import abbreviated, row
from kiosk.views.resting import DOT
from kiosk.words import Words


def asking(frame: View, state: Asking, manner: Manner, words: Words) -> View:
    """One question."""
    question = state.questions[0]
    frame = replace(frame, name=abbreviated(state.visit.visitor), picture=Picture.QUESTION)
    more, skip = Choice("*", words.say("key.more_time")), Choice("#", words.say("key.skip"))
    if question is PHONE:
        erase, done = Choice("*", words.say("key.erase")), Choice("#", words.say("key.done"))
        is_hidden = bool(manner.policy.guards) and not state.number.startswith("0")
        return replace(
            frame,
            headline=words.say("asking.phone"),
            note=words.say("asking.wrong_phone" if state.is_wrong else "asking.why_phone"),
            types=True,
            digits=DOT * len(state.number) if is_hidden else phones.grouped(state.number),
            keys=(erase, done) if state.number else (more, skip),
        )
    other = manner.spoken(state.memory.language + 1).say("language")
    return replace(
        frame,
        headline=said_in(words.language, question.text),
        choices=_choices(question, words),
        keys=(more, skip, *((Choice("0", other),) if len(manner.words) > 1 else ())),
    )


def menu(frame: View, state: Menu, now: Moment, manner: Manner, words: Words) -> View:
    """The guard's screen."""
    frame = replace(
        frame, headline=words.say(f"menu.{state.leaf}"), keys=(Choice("#", words.say("key.back")),)
    )
    match state.leaf:
        case Leaf.CONTENTS:
            duty = state.memory.duty
            return replace(
                frame,
                picture=Picture.GUARD,
                name=duty.guard if duty else "",
                note=words.say("answer.on_duty.detail", time=duty_ends(duty, now, manner)) if duty else "",
                choices=(
                    Choice("1", words.say("menu.inside")),
                    Choice("2", words.say("menu.recent")),
                    Choice("3", words.say("menu.take_back")),
                    Choice("0", words.say("menu.lock")),
                ),
            )
        case Leaf.TAKE_BACK:
            return _take_back(frame, state, manner, words)
        case Leaf.INSIDE | Leaf.RECENT:
            return _list(frame, state, manner, words)


def _list(frame: View, state: Menu, manner: Manner, words: Words) -> View:
    count, many = len(state.visits), pages(state.visits)
    shown = state.visits[state.turn * ROWS : (state.turn + 1) * ROWS]
    more = (Choice("*", words.say("key.next_page")),) if many > 1 else ()
    return replace(
        frame,
        headline=words.say(f"menu.{state.leaf}_count", count=count),
        rows=tuple(row(one, manner.policy.zone, words) for one in shown),
        note="" if count else words.say(f"menu.{state.leaf}_none"),
        turn=f"{state.turn + 1}/{many}" if many > 1 else "",
        keys=(*more, *frame.keys),
    )


def _take_back(frame: View, state: Menu, manner: Manner, words: Words) -> View:
    if not state.visits:
        return replace(
            frame,
            picture=Picture.UNDO,
            headline=words.say("answer.too_late.headline"),
            note=words.say("answer.too_late.note"),
        )
    shown = row(state.visits[0], manner.policy.zone, words)
    return replace(
        frame,
        picture=Picture.UNDO,
        headline=words.say("menu.take_back_this"),
        name=shown.text,
        detail=shown.detail,
        choices=(Choice("*", words.say("menu.yes_take_back")), Choice("#", words.say("menu.no_keep"))),
        keys=(),
    )


def _choices(question: Question, words: Words) -> tuple[Choice, ...]:
    return tuple(
        Choice(str(number), said_in(words.language, choice.text) or words.say(f"asking.{choice.id}"))
        for number, choice in enumerate(question.choices, 1)
    )
