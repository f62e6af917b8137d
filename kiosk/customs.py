"""A door's manner, as its settings have it."""

from collections.abc import Mapping
from dataclasses import replace

from kiosk import words
from kiosk.hours import hours
from kiosk.manner import Loudness, Manner, Plate
from kiosk.proof import Trust
from kiosk.questions import YES_OR_NO, Choice, Question
from kiosk.rules import Guard, Policy
from kiosk.settings import Question as Asked
from kiosk.settings import Settings
from kiosk.signing import key_id
from kiosk.tokens import Tokens


def manner(settings: Settings, trust: Trust, code_key: bytes | None = None) -> Manner:
    """
    How a door of these settings behaves.

    Args:
        settings: Those in force.
        trust: Whose signatures are believed.
        code_key: Of the tokens of the office's own code (32 bytes); None for a box that is no centre's.
    """
    place, door, screen, sound = settings.place, settings.door, settings.screen, settings.sound
    policy = Policy(
        zone=settings.zone,
        way=door.direction,
        same_code_s=door.same_code_s,
        result_s=door.result_s,
        typing_s=door.typing_s,
        asking_s=door.asking_s,
        language_s=door.language_s,
        duty_s=door.duty_s,
        take_back_s=door.take_back_s,
        trust=trust,
        self_service=place.self_service,
        guards=tuple(Guard(guard.name, guard.badge_hash) for guard in settings.guards),
        languages=len(place.languages),
        asks_phone=place.asks_phone,
        questions=tuple(_question(asked) for asked in settings.questions),
        sets_up=settings.kiosk.sets_up,
        is_nobodys=code_key is None,
        setup_s=door.setup_s,
    )
    plate = Plate(
        place=place.name,
        door=door.name,
        help_desk=place.help_desk,
        hours=place.hours,
        notice=place.notice,
        code=place.code,
    )
    return Manner(
        policy=policy,
        plate=plate,
        words=tuple(words.load(language) for language in place.languages),
        pins={guard.name: guard.pin_hash for guard in settings.guards if guard.pin_hash},
        night=hours(screen.night_from, screen.night_until),
        loudness=Loudness(sound.volume, hours(sound.quiet_from, sound.quiet_until), sound.quiet_volume),
        tokens=Tokens(settings.kiosk.name, code_key) if place.code_changes and code_key else None,
    )


def believing(trust: Trust, keys: Mapping[str, bytes]) -> Trust:
    """The same trust, and the centre's keys (Ed25519, 32 bytes) for its own codes beside."""
    return replace(trust, own={**trust.own, **{key_id(key): key for key in keys.values()}})


def _question(asked: Asked) -> Question:
    choices = tuple(Choice(answer.id, answer.text) for answer in asked.answers) or YES_OR_NO
    return Question(asked.id, asked.text, choices, asked.personal)
