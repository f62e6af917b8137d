"""The centre's configuration, laid over the box's own settings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from kiosk import config, words
from kiosk.credentials import sealing_keys, signing_keys
from kiosk.errors import SettingsError
from kiosk.sealing import SealingKey
from kiosk.settings import Settings

CHECK_IN = "check_in"
"""The right that lets a guard check people in."""


_OF_THE_PLACE = ("zone", "hours", "notice", "code", "self_service", "asks_phone")


@dataclass(frozen=True, slots=True)
class Laid:
    """
    A configuration laid over the box's settings.

    Attributes:
        settings: The settings in force.
        keys: What persons are sealed to; none where no names are kept.
        signing: The centre's keys for what it signs (Ed25519, 32 bytes), by id.
    """

    settings: Settings
    keys: tuple[SealingKey, ...]
    signing: Mapping[str, bytes]


def laid_over(settings: Settings, document: str) -> Laid:
    """
    The centre's configuration over the box's own settings.

    Args:
        settings: The box's own.
        document: The configuration as JSON, as the bridge believed it.

    Raises:
        SettingsError: If this box cannot do as it says; the message has all that is wrong.
    """
    try:
        told: Mapping[str, Any] = json.loads(document)
        languages = list(told["languages"])
        for language in languages:
            if language not in words.languages():
                known = ", ".join(words.languages())
                raise SettingsError(f"languages: {str(language)[:8]!r}: no such language; there are {known}")
        tree = settings.model_dump()
        tree["place"] |= {"name": told["place"], "languages": languages}
        tree["place"] |= {name: told[name] for name in _OF_THE_PLACE}
        tree["place"]["code_changes"] = told.get("code_changes", False)
        tree["door"] |= {"direction": told["direction"], "duty_s": told["duty_minutes"] * 60}
        tree["questions"] = told["questions"]
        tree["guards"] = [
            {"name": guard["name"], **{name: guard.get(name, "") for name in ("pin_hash", "badge_hash")}}
            for guard in told["guards"]
            if guard.get("right", CHECK_IN) == CHECK_IN
        ]
        # What the centre leaves empty, the box's own settings say.
        if told["help_desk"]:
            tree["place"]["help_desk"] = told["help_desk"]
        if told["door"]:
            tree["door"]["name"] = told["door"]
        keys = () if told["kind"] == "public" else sealing_keys(told["sealing_keys"])
        return Laid(Settings.model_validate(tree), keys, signing_keys(told["signing_keys"]))
    except ValidationError as error:
        raise SettingsError("; ".join(config.faults(error))) from None
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        if isinstance(error, SettingsError):
            raise
        raise SettingsError("not what a centre tells a door") from None
