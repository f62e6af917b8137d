"""The figures of a process that has no page."""

from urllib.request import urlopen

import pytest

from collector import meters
from collector.errors import AddressUnusable
from tests.ports import free_port


def test_a_process_without_a_page_tells_its_figures_on_a_port(monkeypatch):
    port = free_port()
    monkeypatch.setattr("collector.standing.standing.line_up", True)

    meters.listen(port)

    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as told:
        lines = told.read().decode().splitlines()
    names = {line.partition("{")[0].partition(" ")[0] for line in lines}
    assert {"entrance_intake_batches_total", "entrance_intake_visits_total"} <= names
    assert "process_resident_memory_bytes" in names
    assert "entrance_line_up 1.0" in lines
    with pytest.raises(AddressUnusable, match=f"{port}.*--metrics-port"):
        meters.listen(port)
