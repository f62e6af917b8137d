"""Support bundles at the centre: kept when they were asked for, from whom they were asked, for a month."""

import gzip
import json
import logging
from datetime import timedelta
from uuid import uuid4

import pytest

from collector import asking, supporting
from collector.ingest.supporting import SupportDesk
from collector.models import Kiosk, Order, SupportBundle
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import MAX_MESSAGE_BYTES
from mqtt_bridge.wire.support import MAX_TEXT_BYTES
from tests.collector.down import NOW, enrol

BUNDLE = gzip.compress(b'{"version": "0.1.0"}')


@pytest.fixture
def desk(on_sqlite):
    enrol("front", "back")
    return SupportDesk(lambda: NOW)


def ask(kiosk="front", name="support_bundle", **arguments):
    return asking.ask(kiosk, name, arguments, within_s=60)


def hear(desk, order, payload=BUNDLE, kiosk="front"):
    desk.heard(Topic(kiosk, Channel.SUPPORT, str(order)), payload, None)
    return [bundle.order.kiosk_id for bundle in SupportBundle.objects.order_by("received_at")]


def test_what_was_asked_for_is_kept_and_can_be_read(desk):
    order = ask()

    assert hear(desk, order.pk) == ["front"]
    bundle = supporting.found(Kiosk.objects.get(name="front"), order.pk)
    assert json.loads(supporting.text(bundle)) == {"version": "0.1.0"}
    assert bundle.received_at == NOW


def test_one_that_comes_again_is_one(desk):
    order = ask()
    hear(desk, order.pk)

    assert hear(desk, order.pk) == ["front"]


@pytest.mark.parametrize("kiosk", ["back", "stranger"])
def test_nobody_answers_for_another(desk, kiosk, caplog):
    assert hear(desk, ask().pk, kiosk=kiosk) == []
    assert f"support bundle of {kiosk} not kept: nobody has asked for it" in caplog.messages


def test_what_nobody_asked_for_is_not_kept(desk):
    assert hear(desk, uuid4()) == []
    assert hear(desk, ask(name="identify").pk) == []
    assert hear(desk, "no-id") == []


def test_what_comes_long_after_it_was_asked_for_is_not_kept(desk):
    order = ask()
    Order.objects.update(deadline=NOW - supporting.LATE)

    assert hear(desk, order.pk) == []


def test_what_nobody_asked_for_is_not_opened(desk, caplog):
    assert hear(desk, uuid4(), b"no gzip") == []
    assert "nobody has asked for it" in caplog.text


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"", "cut"),
        (b'{"version": "0.1.0"}', "not in gzip"),
        (BUNDLE[:-4], "cut"),
        (BUNDLE + BUNDLE, "too long"),
        (gzip.compress(b"[]"), "no JSON object"),
        (gzip.compress(b"{"), "no JSON object"),
        (gzip.compress(b"{" + b'"a":' * 100_000), "no JSON object"),
        (gzip.compress(b" " * (MAX_TEXT_BYTES + 1)), "too long when it is opened"),
        (b"x" * (MAX_MESSAGE_BYTES + 1), "more than"),
    ],
    ids=range(9),
)
def test_what_is_no_bundle_is_not_kept_and_the_intake_goes_on(desk, payload, why, caplog):
    with caplog.at_level(logging.WARNING):
        assert hear(desk, ask().pk, payload) == []

    assert why in caplog.text


def test_a_box_that_is_asked_again_and_again_keeps_its_last_ones(desk):
    other = ask("back")
    hear(SupportDesk(lambda: NOW - timedelta(days=1)), other.pk, kiosk="back")
    for number in range(supporting.MOST_OF_A_BOX + 3):
        hear(SupportDesk(lambda number=number: NOW + timedelta(minutes=number)), ask().pk)

    kept = SupportBundle.objects.filter(order__kiosk="front").order_by("received_at")
    assert len(kept) == supporting.MOST_OF_A_BOX
    assert kept[0].received_at == NOW + timedelta(minutes=3)
    assert SupportBundle.objects.filter(order__kiosk="back").count() == 1


def test_they_are_forgotten_after_a_month(desk):
    hear(desk, ask().pk)

    assert supporting.forget(NOW + timedelta(days=30)) == 0
    assert supporting.forget(NOW + timedelta(days=30, seconds=1)) == 1
    assert not SupportBundle.objects.exists()
