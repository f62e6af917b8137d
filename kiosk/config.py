"""
The settings of a box, gathered in layers, with every fault told at once.

Layers, later over earlier: the defaults in `kiosk.settings`; the settings file; what the centre said when the
box was enrolled, `box.json` of its credentials; `KIOSK_…` of the environment and `--data`, `--set path=value`
of the command line. `systemd/kiosk.toml` is the file in commented form.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kiosk.credentials import BOX, FOLDER, settle
from kiosk.errors import SettingsError
from kiosk.settings import SECRET, Data, Settings, suggestion

SETTINGS_FILE = Path("/etc/entrance-kiosk/kiosk.toml")
"""Read when it is there and no other file is named."""


def load(
    file: Path | None,
    *layers: Mapping[str, Any],
    usual: Mapping[str, Any] | None = None,
    with_centre: bool = True,
) -> Settings:
    """
    The settings of this box.

    Args:
        file: A settings file; None for `/etc/entrance-kiosk/kiosk.toml` if there is one.
        layers: Trees of settings laid over all else, later over earlier.
        usual: Settings laid over the file alone.
        with_centre: Whether what the centre said counts.

    Raises:
        SettingsError: If the file cannot be read or any setting is wrong; the message has all of them.
    """
    read = _read(file) if file is not None or SETTINGS_FILE.exists() else {}
    tree = _laid_over(read, usual or {})
    asked: dict[str, Any] = {}
    for layer in layers:
        asked = _laid_over(asked, layer)
    said = _of_centre(_laid_over(tree, asked)) if with_centre else {}
    tree = _laid_over(_laid_over(tree, said), asked)
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        above = _laid_over(_laid_over(usual or {}, said), asked)
        wheres = (_where(fault["loc"], read, above, file or SETTINGS_FILE) for fault in error.errors())
        told = (f"{where}{fault}" for where, fault in zip(wheres, faults(error), strict=True))
        raise SettingsError("\n".join(told)) from None


def assignment(text: str) -> dict[str, Any]:
    """
    `path=value` as a layer of settings; the value is TOML, or else plain text.

    Raises:
        SettingsError: If there is no `=`.
    """
    path, equals, value = text.partition("=")
    if not equals:
        raise SettingsError(f"--set {text}: not path=value, such as door.direction=in")
    try:
        tree: Any = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        tree = value
    for key in reversed(path.strip().split(".")):
        tree = {key: tree}
    return dict(tree)


def _read(file: Path | None) -> dict[str, Any]:
    path = file or SETTINGS_FILE
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"settings file {path}: {error.strerror}; name another with --config") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"settings file {path}: not TOML: {error}; see toml.io") from None


def _where(path: tuple[int | str, ...], read: Mapping[str, Any], above: Mapping[str, Any], file: Path) -> str:
    """How a fault begins: with the settings file, where it stands there and nothing was laid over that."""
    return f"settings file {file}: " if _stands(path, read) and not _stands(path, above) else ""


def _stands(path: tuple[int | str, ...], tree: Any) -> bool:
    """Whether a tree has what a fault's path leads to; below a list or a value, that is enough."""
    for key in path:
        if not isinstance(tree, Mapping):
            return True
        if key not in tree:
            return False
        tree = tree[key]
    return bool(path)


def _of_centre(tree: Mapping[str, Any]) -> dict[str, Any]:
    """What the centre said of the box whose data folder these settings name; nothing where it is nobody's."""
    section = tree.get("data")
    folder = section.get("folder") if isinstance(section, Mapping) else None
    settle(Path(str(folder or Data().folder)))
    path = Path(str(folder or Data().folder)) / FOLDER / BOX
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        Settings.model_validate(said)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        remedy = "ask as the door's user: sudo -u entrance-kiosk"
        raise SettingsError(f"credentials {path}: {error.strerror}; {remedy}") from None
    except ValidationError as error:
        said = "; ".join(faults(error))
        raise SettingsError(f"credentials {path}: {said}; enrol the box anew: `kiosk enrol`") from None
    except ValueError:
        raise SettingsError(f"credentials {path}: not JSON; enrol the box anew: `kiosk enrol`") from None
    return dict(said)


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    tree = dict(below)
    for key, value in above.items():
        beneath = tree.get(key)
        both = isinstance(value, Mapping) and isinstance(beneath, Mapping)
        tree[key] = _laid_over(beneath, value) if both else value  # type: ignore[arg-type]
    return tree


def faults(error: ValidationError) -> Iterator[str]:
    """What pydantic found wrong with settings, each with its path and what may stand there."""
    for fault in error.errors(include_url=False):
        path = ".".join(str(part) for part in fault["loc"])
        if fault["loc"][-1:] and fault["loc"][-1] in SECRET:
            yield f"{path}: not a hash as `kiosk pin` and the centre make them"
            continue
        if fault["type"] == "extra_forbidden":
            yield f"{path}: no such setting{suggestion(path, _paths())}"
        elif fault["type"] == "tuple_type" and isinstance(fault["input"], Mapping):
            yield f"{path}: a list of tables; write it as [[{path}]]"
        elif fault["type"] == "string_type" and isinstance(fault["input"], time | date):
            yield f"{path} = {fault['input']}: a text; write it in quotes"
        else:
            said = fault["msg"].removeprefix("Value error, ")
            what = f"{path} = {fault['input']!r}: " if path else ""
            yield f"{what}{said if said.startswith('GPIO') else said[0].lower() + said[1:]}"


def _paths() -> set[str]:
    sections = Settings.model_fields
    inner = {
        f"{section}.{name}"
        for section, info in sections.items()
        for name in getattr(info.annotation, "model_fields", {})
    }
    return inner | set(sections)
