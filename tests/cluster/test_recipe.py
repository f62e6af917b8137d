"""What docs/cluster.md says is what the centre writes."""

import re
import shlex
import subprocess
from pathlib import Path

from tests.programs import BIN

RECIPE = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text()


def test_a_node_s_settings_hold_the_lines_that_the_recipe_stands_on(tmp_path):
    command = re.search(r"collector broker (--engine nats --node n1 .*)", RECIPE)[1]
    lines = re.findall(r"^\| `([a-z_]+(?::| \{).*?)` \|", RECIPE.split("## Starting")[0], re.MULTILINE)

    subprocess.run(
        [BIN / "collector", "broker", *shlex.split(command), "--data", tmp_path],
        check=True,
        capture_output=True,
    )

    written = (tmp_path / "broker/nodes/n1/nats-server.conf").read_text()
    assert len(lines) == 3
    for line in lines:
        setting = re.sub(r"^cluster \{ (.*) \}$", r"\1", line).replace("replicas: 3", "replicas: 1")
        assert setting in written, f"{line}: not in\n{written}"
