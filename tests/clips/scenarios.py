"""What may happen at a door: what is held up, how, in which light. In millimetres, degrees, lux and nits."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Range: TypeAlias = tuple[float, float]
"""The least and the most; a clip draws its own from between."""

TICKET = "DOOR1:7f3c9a52e1b04d6c8a90:1767225600"
CARD = (
    "001099012345|123456789|Nguyễn Thị Phương Thảo|01011990|Nữ|"
    "Tổ 3, Phường Chiềng Lề, Thành phố Sơn La, Sơn La|10052021"
)
"""The text of an invented person's ID card."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """
    One situation; the defaults are a good phone in a good light.

    Attributes:
        kind: What is held up; of `empty`, nothing: somebody walks past.
        payload: What the code says. On anything but a card the clip's seed is added, to tell clips apart.
        error_correction: Level of the code, as segno names it.
        version: Size of the code; `None` takes the smallest that holds the payload.
        code_mm: Width of the code without its quiet zone.
        quiet_modules: Width of the quiet zone.
        dark_mode: Light modules on dark, as some phones show them at night.
        hold_mm: How far from the lens it is held.
        enter_s: How long it takes from the first movement until it is held.
        delay_s: How long the view stays empty before.
        yaw_deg: How far it is turned about the upright axis while held.
        pitch_deg: How far it is tipped towards the lens while held.
        roll_deg: How far it is turned in its own plane while held.
        tremor_mm: How far the hand trembles.
        tremor_deg: How far it trembles in turning.
        off_axis_mm: How far beside the middle of the view it may be held.
        wave_mm: How far it is waved to and fro while held.
        ambient_lux: Light of the room.
        screen_nits: Light of a phone's screen.
        reflection: Share of the room's light that a screen's glass mirrors.
        glare: Strength of a lamp mirrored near the code, 0 to 1.
        shadow: Darkness of a shadow over half of the view, 0 to 1.
        moire: Strength of the pattern between the screen's grid and the sensor's, 0 to 1.
        bands: Strength of the dark bands of a screen's refresh, 0 to 1.
        cracks: How many rays a crack in the glass has.
        dirt: Strength of smudges and scratches, 0 to 1.
        focus_mm: Distance at which the lens is sharp.
        longest_exposure_s: The longest that a frame is exposed.
        highest_gain: The most that the sensor amplifies.
        readout_ms: Time from the first row's exposure to the last row's; 0 is a global shutter.
    """

    kind: Literal["phone", "card", "paper", "empty"] = "phone"
    payload: str = TICKET
    error_correction: str = "m"
    version: int | None = None
    code_mm: float = 45.0
    quiet_modules: float = 4.0
    dark_mode: bool = False

    hold_mm: Range = (160.0, 230.0)
    enter_s: Range = (0.7, 1.2)
    delay_s: float = 0.35
    yaw_deg: Range = (-18.0, 18.0)
    pitch_deg: Range = (-18.0, 18.0)
    roll_deg: Range = (-20.0, 20.0)
    tremor_mm: float = 1.2
    tremor_deg: float = 1.0
    off_axis_mm: float = 18.0
    wave_mm: float = 0.0

    ambient_lux: float = 250.0
    screen_nits: float = 300.0
    reflection: float = 0.06
    glare: float = 0.0
    shadow: float = 0.0

    moire: float = 0.0
    bands: float = 0.0
    cracks: int = 0
    dirt: float = 0.0

    focus_mm: float = 220.0
    longest_exposure_s: float = 1 / 60
    highest_gain: float = 12.0
    readout_ms: float = 0.0


def _paper(**differences: object) -> Scenario:
    return Scenario(**{"kind": "paper", "code_mm": 32.0, **differences})


def _card(**differences: object) -> Scenario:
    """An ID card: a small and dense code, held near."""
    usual = {
        "kind": "card",
        "payload": CARD,
        "error_correction": "q",
        "code_mm": 15.0,
        "hold_mm": (75.0, 100.0),
        "focus_mm": 90.0,
        "off_axis_mm": 6.0,
    }
    return Scenario(**{**usual, **differences})


SCENARIOS: dict[str, Scenario] = {
    "phone_good": Scenario(),
    "phone_dim": Scenario(screen_nits=60.0, ambient_lux=600.0, reflection=0.09, glare=0.35),
    "phone_night": Scenario(screen_nits=110.0, ambient_lux=5.0, highest_gain=16.0),
    "phone_glare": Scenario(ambient_lux=900.0, glare=0.9, screen_nits=250.0),
    "phone_crack": Scenario(cracks=6),
    "phone_moire": Scenario(moire=0.9, bands=0.5, hold_mm=(120.0, 200.0)),
    "phone_fast": Scenario(enter_s=(0.3, 0.5), wave_mm=35.0, tremor_mm=2.5, tremor_deg=2.5, ambient_lux=60.0),
    "phone_tilt": Scenario(yaw_deg=(30.0, 48.0), pitch_deg=(-25.0, 25.0), roll_deg=(-180.0, 180.0)),
    "phone_far": Scenario(hold_mm=(420.0, 600.0), focus_mm=350.0),
    "phone_close": Scenario(
        hold_mm=(72.0, 90.0),
        focus_mm=250.0,
        off_axis_mm=4.0,
        pitch_deg=(-10.0, 10.0),
        yaw_deg=(-10.0, 10.0),
    ),
    "phone_invert": Scenario(dark_mode=True),
    "phone_roll": Scenario(roll_deg=(25.0, 65.0), readout_ms=20.0, wave_mm=15.0),
    "paper": _paper(ambient_lux=200.0),
    "paper_dark": _paper(ambient_lux=6.0, highest_gain=16.0, longest_exposure_s=1 / 30, shadow=0.5),
    "card_near": _card(focus_mm=95.0, enter_s=(0.9, 1.4)),
    "card_mid": _card(hold_mm=(105.0, 135.0), focus_mm=120.0, enter_s=(0.9, 1.4)),
    "card_v13": _card(version=13, hold_mm=(75.0, 95.0), off_axis_mm=5.0, enter_s=(0.9, 1.4)),
    "card_glare": _card(error_correction="m", hold_mm=(75.0, 105.0), glare=0.8, ambient_lux=500.0),
    "card_blur": _card(error_correction="m", focus_mm=180.0),
    "card_worn": _card(dirt=0.8, shadow=0.4),
    "empty": Scenario(kind="empty"),
    "empty_dark": Scenario(kind="empty", ambient_lux=3.0, highest_gain=16.0),
}
