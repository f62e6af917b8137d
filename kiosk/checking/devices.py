"""The devices of a box tried one by one, and what reads the camera's pictures."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from kiosk import words
from kiosk.devices import find, options, section
from kiosk.errors import KioskError
from kiosk.findings import Finding, State, one_line
from kiosk.model import Status
from kiosk.settings import Settings

_NONE = "none"
"""A device that a box does not have."""
_TELLING = frozenset({"scanner", "keypad", "button"})
"""The kinds of device that say when they are lost."""
_RECORDINGS = (".ogg", ".wav")
_IN_USE = "in use by the running door; to try it, stop the door: sudo systemctl stop kiosk"


def devices(settings: Settings, *, running: bool) -> Iterator[Finding]:
    """
    Each device tried when its finding is asked for. Main thread only, for the screen's sake.

    Args:
        settings: The box as it is meant to be.
        running: Whether a door runs, whose devices are left alone.
    """
    chosen = _chosen(settings)
    seeing = None
    if any(part == "camera" for part, _, _ in chosen):
        yield (seeing := reader())
    told: dict[str, str] = {}
    for part, kind, name in chosen:
        if running:
            yield Finding(part, State.WARNING, _IN_USE)
        elif part == "camera" and seeing is not None and seeing.state is State.MISSING:
            yield Finding(
                part, State.WARNING, "not tried, since nothing reads its pictures; mend the reader first"
            )
        else:
            finding = _device(part, kind, name, settings)
            # The same words for each device of a box whose pins cannot be reached would hide the others.
            before = told.setdefault(finding.says, part)
            yield finding if before == part else replace(finding, says=_as(before, finding.says))
    if settings.devices.voice == "files":
        yield _voice(settings.voice.folder, settings.place.languages)


def told(settings: Settings, status: Status) -> Iterator[Finding]:
    """
    The devices of the running door of which it knows how they are. Any thread may ask.

    Args:
        settings: The box as it is meant to be.
        status: How the door says that it is.
    """
    present = {"scanner": status.scanner_present, "keypad": status.keypad_present}
    for part, kind, name in _chosen(settings):
        if kind not in _TELLING:
            continue
        if {part, name} & status.lost or not present.get(kind, True):
            yield Finding(part, State.MISSING, "the door has lost it; see its cable and its wires")
        else:
            yield Finding(part, State.OK, "works in the running door")


def reader() -> Finding:
    """The two engines that read codes, of which one is enough."""
    found, problems = [], []
    for engine in ("first_engine", "second_engine"):
        try:
            found.append(find("check", engine)())
        except KioskError as problem:
            problems.append(one_line(problem))
    if not problems:
        return Finding("reader", State.OK, " and ".join(found))
    if found:
        return Finding("reader", State.WARNING, f"{found[0]} alone; {problems[0]}")
    return Finding("reader", State.MISSING, "; ".join(problems))


def _chosen(settings: Settings) -> list[tuple[str, str, str]]:
    """The devices of the box: the part, named as its section of the settings, the kind and the name."""
    chosen_by_settings = settings.devices
    chosen = [
        *(("scanner", name) for name in chosen_by_settings.scanner),
        ("screen", chosen_by_settings.screen),
        *(("keypad", name) for name in chosen_by_settings.keypad),
        ("buzzer", chosen_by_settings.buzzer),
        ("lamp", chosen_by_settings.lamp),
        *(("light", name) for name in (chosen_by_settings.light,) if name != _NONE),
        *(("button", name) for name in (chosen_by_settings.button,) if name != _NONE),
    ]
    return [(section(kind, name), kind, name) for kind, name in chosen]


def _device(part: str, kind: str, name: str, settings: Settings) -> Finding:
    try:
        says: str = find("check", part)(partial(find(kind, name), **options(kind, name, settings)))
    except KioskError as problem:
        return Finding(part, State.MISSING, one_line(problem).removeprefix(f"{part}: "))
    return Finding(part, State.OK, says)


def _as(part: str, says: str) -> str:
    """What was said of another part word for word: not its cause again, but what is to be done."""
    _, semicolon, remedy = says.partition("; ")
    return f"as the {part}{semicolon}{remedy}"


def _voice(folder: Path, languages: Iterable[str]) -> Finding:
    """Whether everything is recorded that the voice may be asked to say."""
    wanted = [folder / language / name for language in languages for name in words.phrases(language)]
    lacking = sum(
        not any(path.with_name(f"{path.name}{ending}").is_file() for ending in _RECORDINGS) for path in wanted
    )
    if lacking:
        says = f"{lacking} of {len(wanted)} phrases are not recorded; run `kiosk phrases`"
        return Finding("voice", State.WARNING, says)
    return Finding("voice", State.OK, f"{len(wanted)} phrases are recorded")
