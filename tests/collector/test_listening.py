"""What a process of the centre is told of where visits come from, and what is refused of it."""

import click
import pytest
from click.testing import CliRunner

from collector import listening
from collector.commands import collector


def mqtt(**change):
    told = {"mqtt_host": "localhost", "mqtt_port": None, "mqtt_tls": False, "protocol": "5", "client_id": ""}
    return listening.mqtt(**{**told, **change})


def refused(*arguments, **environment):
    """What is said to options that will not do; nothing is made of them."""
    done = CliRunner().invoke(collector, ["ingest", *arguments], env=environment)
    assert done.exit_code == 2, done.output
    return " ".join(done.output.replace("\n", " ").split())


def test_alone_a_centre_keeps_its_name_and_side_by_side_each_has_its_own():
    assert mqtt().client_id == "collector"
    assert mqtt(share="all").client_id.startswith("collector-")
    assert mqtt(share="all", client_id="one").client_id == "one"


def test_a_cluster_has_several_hosts_and_one_elsewhere_needs_tls():
    assert mqtt(mqtt_host="node-1 node-2", mqtt_tls=True).hosts == ["node-1", "node-2"]
    with pytest.raises(click.UsageError, match="node-2: a broker on another machine needs --mqtt-tls"):
        mqtt(mqtt_host="localhost node-2")


def test_by_tls_each_needs_a_certificate_of_its_own():
    with pytest.raises(click.UsageError, match=r"--client-id collector\.1"):
        mqtt(share="all", mqtt_tls=True)

    assert mqtt(share="all", mqtt_tls=True, client_id="collector.2").client_id == "collector.2"


def test_nodes_may_stand_in_one_word_or_in_several():
    ours = ("tls://127.0.0.1:1", "tls://node-2.example:4222", "tls://[2001:db8::1]:4222")
    found = []
    command = click.Command("any", callback=lambda **told: found.append(told))
    command = listening.side_by_side(command)

    for arguments, environment in (
        (["--nats", f"{ours[0]} {ours[1]}", "--nats", ours[2]], {}),
        ([], {"COLLECTOR_NATS": " ".join(ours)}),
    ):
        assert CliRunner().invoke(command, arguments, env=environment).exit_code == 0
    assert [tuple(one["servers"]) for one in found] == [ours, ours]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "jetstream", "--share", "all"), "--share: of MQTT only"),
        (("--from", "jetstream", "--nats", "nats://10.0.0.7:4222"), "it needs tls://10.0.0.7:4222"),
        (("--nats", "http://127.0.0.1"), "number 1 is no address such as"),
        (("--nats", "nats://a:99999"), "number 1 is no address"),
        (("--nats", " "), "empty"),
        (("--nats", "nats://127.0.0.1:4222 tls://node-2:4222"), "do not go together"),
        (("--client-id", "collector.1"), "need --share NAME"),
        (("--share", "all of them"), "letters, digits"),
        (("--durable", "a.b"), "letters, digits"),
        (("--durable", ""), "empty"),
    ],
)
def test_what_will_not_do_is_told(arguments, words):
    assert words in refused(*arguments)


def test_a_scheme_in_capitals_is_the_same():
    command = listening.side_by_side(
        click.Command("any", callback=lambda **told: click.echo(told["servers"]))
    )

    assert "'tls://Node-2:4222'" in CliRunner().invoke(command, ["--nats", "TLS://Node-2:4222"]).output


def test_of_nats_a_group_in_the_environment_is_for_others():
    """It gets as far as the address."""
    asked = ("--from", "jetstream", "--nats", "nats://10.0.0.7:4222")

    assert "it needs tls://" in refused(*asked, COLLECTOR_SHARE="all")


def test_a_password_in_an_address_is_never_told():
    assert "secret" not in refused("--nats", "nats://somebody:secret@127.0.0.1:4222/x")
    assert "secret" not in refused("--from", "jetstream", "--nats", "nats://somebody:secret@10.0.0.7")
