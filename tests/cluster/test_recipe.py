"""What docs/cluster.md says is what the centre writes."""

import re
import shlex
import subprocess
from pathlib import Path

from tests.programs import BIN

RECIPE = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text()


def test_the_settings_of_a_node_hold_the_lines_that_the_recipe_stands_on(tmp_path):
    broker, _ = RECIPE.split("## Starting")
    lines = re.findall(r"^\| `([a-z_]+(?::| \{).*?)` \|", broker, re.MULTILINE)

    for options in re.findall(r"collector broker (--engine nats --node n[1-3] .*)", broker):
        command = [BIN / "collector", "broker", *shlex.split(options), "--data", tmp_path]
        subprocess.run(command, check=True, capture_output=True)

    written = (tmp_path / "broker/nodes/n1/nats-server.conf").read_text()
    assert len(lines) == 3
    for line in lines:
        setting = re.sub(r"^cluster \{ (.*) \}$", r"\1", line)
        assert setting in written, f"{line}: not in\n{written}"
