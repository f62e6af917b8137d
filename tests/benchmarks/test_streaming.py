"""What stands beside our collector on NATS does the same job: all that doors send is in its database, once."""

import sqlite3
from contextlib import closing

import pytest

from tests.benchmarks import consumers, node_red
from tests.benchmarks.load import Load, Publishers, rivals, template
from tests.benchmarks.road import running
from tests.benchmarks.streaming import DURABLE, Cluster
from tests.nats import Nats


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    with running(Nats(tmp_path_factory.mktemp("nats"))) as nats:
        nodes = Cluster([nats])
        send(nodes, Load(messages=1, doors=1), tmp_path_factory.mktemp("first"))
        yield nodes


def send(nodes, load, folder):
    with running(Publishers(nodes.ports, load, template.write(folder / "visit.json"))) as publishers:
        return publishers.done()


@pytest.mark.parametrize("events", [1, 50])
def test_a_plain_consumer_stores_each_visit_once(events, node, tmp_path):
    path = consumers.rivals_file(tmp_path)
    load = Load(messages=40, events=events, doors=4)

    with consumers.stock_nats(node.urls[0], DURABLE, str(path)) as stock:
        node.wait_for_pulls(1)
        send(node, load, tmp_path)
        stock.finish(load.visits)
    node.forget()

    with closing(sqlite3.connect(path)) as database:
        found = database.execute(f"SELECT count(*), count(DISTINCT id) FROM {rivals.TABLE}").fetchone()
    assert found == (load.visits, load.visits)


def test_a_node_keeps_what_nobody_takes_yet_and_forgets_it_when_told(node, tmp_path):
    node.keep()
    assert send(node, Load(messages=40, doors=4), tmp_path).messages == 40
    node.forget()
    path = consumers.rivals_file(tmp_path)

    with consumers.stock_nats(node.urls[0], DURABLE, str(path)) as stock:
        node.wait_for_pulls(1)
        send(node, Load(messages=3, doors=3), tmp_path)
        stock.finish(3)
    node.forget()

    with closing(sqlite3.connect(path)) as database:
        assert database.execute(f"SELECT count(*) FROM {rivals.TABLE}").fetchone() == (3,)


def test_a_machine_without_node_is_told_what_it_lacks(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(RuntimeError, match=r"needs node.*apt-get install nodejs npm"):
        node_red.installed()
