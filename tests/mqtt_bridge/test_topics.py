"""Topic names, built and parsed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqtt_bridge.topics import KIOSK_NAME, Channel, Topic, everyone, parse

names = st.from_regex(KIOSK_NAME, fullmatch=True)


@given(names, st.sampled_from(Channel))
def test_what_is_built_parses_to_itself(kiosk, channel):
    assert parse(str(Topic(kiosk, channel))) == Topic(kiosk, channel)


@given(st.text())
def test_any_text_is_a_topic_of_ours_or_is_not(text):
    topic = parse(text)

    assert topic is None or str(topic) == text


@pytest.mark.parametrize(
    "topic",
    ["", "doors/v1/a", "doors/v1/a/b/visit", "doors/v2/a/visit", "x/doors/v1/a/visit", "doors/v1/A/visit"],
)
def test_other_topics_are_not_ours(topic):
    assert parse(topic) is None


def test_one_subscription_hears_a_channel_of_every_kiosk():
    assert everyone(Channel.VISIT) == "doors/v1/+/visit"
