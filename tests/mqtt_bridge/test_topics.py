"""Topic names, built and parsed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqtt_bridge.topics import NAMED, Channel, Topic, everyone, own, parse
from tests.mqtt_bridge.made import names

below = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,63}", fullmatch=True)
topics = st.builds(Topic, names, st.sampled_from(sorted(set(Channel) - NAMED))) | st.builds(
    Topic, names, st.sampled_from(sorted(NAMED)), below
)


@given(topics)
def test_what_is_built_parses_to_itself(topic):
    assert parse(str(topic)) == topic


@given(st.text())
def test_any_text_is_a_topic_of_ours_or_is_not(text):
    topic = parse(text)

    assert topic is None or str(topic) == text


@given(st.text())
def test_any_text_below_a_topic_of_ours_is_a_name_or_is_not(text):
    topic = parse(f"doors/v1/kiosk-1/command/{text}")

    assert topic is None or topic.name == text


@pytest.mark.parametrize(
    "topic",
    [
        *(
            "",
            "doors/v1/a",
            "doors/v1/a/b/visit",
            "doors/v2/a/visit",
            "x/doors/v1/a/visit",
            "doors/v1/A/visit",
        ),
        *(
            "doors/v1//visit",
            "doors/v1/a/visit/",
            "doors/v1/a/visit/x",
            "doors/v1/a/nothing",
            "doors/v1/a/visit\n",
        ),
        *("doors/v1/a/command", "doors/v1/a/command/", "doors/v1/a/command/x/y", "doors/v1/a/reply/+"),
        *(
            "doors/v1/-a/visit",
            "doors/v1/a-/visit",
            f"doors/v1/{'a' * 64}/visit",
            f"doors/v1/a/reply/{'a' * 65}",
        ),
    ],
)
def test_other_topics_are_not_ours(topic):
    assert parse(topic) is None


def test_one_subscription_hears_a_channel_of_every_kiosk():
    assert everyone(Channel.VISIT) == "doors/v1/+/visit"
    assert everyone(Channel.REPLY) == "doors/v1/+/reply/+"


def test_a_kiosk_hears_only_its_own():
    assert own("kiosk-1", Channel.RECEIPT) == "doors/v1/kiosk-1/receipt"
    assert own("kiosk-1", Channel.COMMAND) == "doors/v1/kiosk-1/command/+"
