"""
Node-RED (https://nodered.org), in which many build what carries MQTT into a database, and its SQLite node.

Without its editor, from an MQTT 5 session that outlives the connection, QoS 1, through a function into the rivals'
table. It is fetched from npm at first use.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import consumers, load
from tests.benchmarks.consumers import VISIT, Consumer
from tests.benchmarks.load import rivals
from tests.benchmarks.road import running
from tests.ports import free_port
from tests.programs import Program

PACKAGES = ("node-red@4.1.15", "node-red-node-sqlite@1.1.1")
_COLUMNS = ("id", "source", "epoch", "sequence", "time")
_INSERT = f"INSERT INTO {rivals.TABLE} VALUES"
_ROW = f"""
const event = msg.payload;
msg.params = {{$data: JSON.stringify(event.data)}};
for (const name of {json.dumps(_COLUMNS)}) msg.params["$" + name] = event[name];
return msg;
"""
_ROWS = f"""
const quoted = (value) => "'" + String(value).replace(/'/g, "''") + "'";
const row = (event) =>
    "(" + [...{json.dumps(_COLUMNS)}.map((name) => event[name]), JSON.stringify(event.data)].map(quoted) + ")";
msg.topic = "{_INSERT} " + msg.payload.map(row) + " ON CONFLICT DO NOTHING";
return msg;
"""


@contextmanager
def node_red(folder: Path, port: int, *, interval_s: float = 0.0) -> Iterator[Consumer]:
    """
    One that stores what a broker brings.

    Args:
        folder: For its settings, its flow and its database.
        port: The broker's.
        interval_s: Puts what came meanwhile into one statement; 0.0 for a statement a message, as its manual has it.

    Raises:
        RuntimeError: If this machine has no Node.js.
    """
    home = installed()
    path = consumers.rivals_file(folder)
    (folder / "flows.json").write_text(json.dumps(_flow(port, path, interval_s)))
    settings = {
        "uiHost": "127.0.0.1",
        "uiPort": free_port(),
        "userDir": str(folder),
        "flowFile": "flows.json",
        "disableEditor": True,
        "credentialSecret": False,
        "logging": {"console": {"level": "warn"}},
    }
    (folder / "settings.js").write_text(f"module.exports = {json.dumps(settings)};\n")
    command = ("node", home / "node_modules/node-red/red.js", "--settings", folder / "settings.js")
    with running(Program(*command, cwd=folder)) as program:
        yield consumers.on_sqlite([program], path, rivals.TABLE)


def installed() -> Path:
    """
    The folder that has Node-RED, filled at first use.

    Raises:
        RuntimeError: If this machine has no Node.js.
    """
    if missing := lacks():
        raise RuntimeError(missing)
    home = load.CACHE / PACKAGES[0]
    if not (home / "installed").exists():
        home.mkdir(parents=True, exist_ok=True)
        options = ("--prefix", home, "--no-audit", "--no-fund", "--loglevel=error")
        subprocess.run(["npm", "install", *options, *PACKAGES], check=True, stdout=subprocess.DEVNULL)
        (home / "installed").touch()
    return home


def lacks() -> str:
    """What this machine lacks for Node-RED, and the remedy; empty for nothing."""
    for name in ("node", "npm"):
        if shutil.which(name) is None:
            return f"Node-RED needs {name}, which is not here: apt-get install nodejs npm"
    return ""


def _flow(port: int, path: Path, interval_s: float) -> list[dict[str, object]]:
    broker = {
        "broker": "127.0.0.1",
        "port": str(port),
        "clientid": "node-red",
        "protocolVersion": "5",
        "cleansession": False,
        "sessionExpiry": "3600",
        "keepalive": "60",
        "autoConnect": True,
    }
    heard = {"topic": VISIT, "qos": "1", "datatype": "json", "broker": "broker"}
    one = {
        "sqlquery": "prepared",
        "sql": f"{_INSERT} ($id, $source, $epoch, $sequence, $time, $data) ON CONFLICT DO NOTHING",
    }
    ways: list[tuple[str, dict[str, object]]] = [("mqtt in", heard)]
    if interval_s:
        ways += [
            ("batch", {"mode": "interval", "interval": interval_s, "count": 0, "overlap": 0, "topics": []}),
            ("join", {"mode": "auto"}),
            ("function", {"func": _ROWS, "outputs": 1}),
            ("sqlite", {"mydb": "database", "sqlquery": "batch"}),
        ]
    else:
        ways += [("function", {"func": _ROW, "outputs": 1}), ("sqlite", {"mydb": "database", **one})]
    # What stands nowhere on the canvas would be a broker or a database.
    nodes = [
        {
            "id": f"{number}",
            "type": kind,
            "z": "flow",
            "x": 0,
            "y": 0,
            "wires": [[f"{number + 1}"]],
            **settings,
        }
        for number, (kind, settings) in enumerate(ways)
    ]
    nodes[-1]["wires"] = [[]]
    return [
        {"id": "flow", "type": "tab", "label": "visits"},
        {"id": "broker", "type": "mqtt-broker", **broker},
        {"id": "database", "type": "sqlitedb", "db": str(path), "mode": "RWC"},
        *nodes,
    ]
