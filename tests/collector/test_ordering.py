"""A command goes down until it is answered or too late, and what became of it is known."""

from threading import Event

import pytest

from collector import asking
from collector.down.ordering import OrderDesk
from collector.errors import OrderFailed, RegistryRefused
from collector.models import Kiosk, Order
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire.orders import Identify, OutOfOrder
from tests.collector.down import Road, Wall, enrol


@pytest.fixture
def wall(monkeypatch):
    wall = Wall()
    monkeypatch.setattr("django.utils.timezone.now", wall)
    return wall


@pytest.fixture
def road(on_sqlite, tmp_path, wall):
    enrol("front", "back")
    return Road(tmp_path)


@pytest.fixture
def desk(road, wall):
    return OrderDesk(road.pen, wall)


def reply(desk, order, payload=b'{"status": "done"}', kiosk="front"):
    desk.heard(Topic(kiosk, Channel.REPLY, str(order.id)), payload, None)
    order.refresh_from_db()
    return order.status, order.reason


def online(desk, kiosk):
    desk.heard(Topic(kiosk, Channel.AVAILABILITY), b"online", None)


def test_a_command_goes_out_signed_once(road, desk, wall):
    order = asking.ask("front", "out_of_order", {"on": True, "notice": "Mất điện"}, within_s=60)

    ((topic, claims),) = road.turn(desk)

    assert str(topic) == "doors/v1/front/command/out_of_order"
    assert (claims.body, claims.id) == (OutOfOrder(on=True, notice="Mất điện"), order.id)
    assert claims.exp == int(wall.now.timestamp()) + 60
    assert road.turn(desk) == []
    order.refresh_from_db()
    assert (order.status, order.counter) == (Order.SENT, claims.counter)


def test_the_answer_is_kept(road, desk):
    order = asking.ask("front", "identify", {}, within_s=60)
    road.turn(desk)

    assert reply(desk, order) == ("done", "")
    assert order.replied_at is not None
    assert reply(desk, order, b'{"status": "refused", "reason": "no"}') == ("done", ""), (
        "the first one counts"
    )


@pytest.mark.parametrize("payload", [b"", b"{}", b"done", b'{"status": "perhaps"}'])
def test_an_answer_that_is_none_is_passed_over(road, desk, payload):
    order = asking.ask("front", "identify", {}, within_s=60)
    road.turn(desk)

    assert reply(desk, order, payload) == ("sent", "")


def test_nobody_answers_for_another(road, desk):
    order = asking.ask("front", "identify", {}, within_s=60)
    road.turn(desk)

    assert reply(desk, order, kiosk="back") == ("sent", "")
    desk.heard(Topic("front", Channel.REPLY, "no-id"), b'{"status": "done"}', None)


def test_what_is_unanswered_goes_again_to_whoever_comes_online(road, desk):
    for kiosk in ("front", "back"):
        asking.ask(kiosk, "identify", {}, within_s=60)
    first = road.turn(desk)
    online(desk, "back")
    online(desk, "stranger")

    assert road.turn(desk) == [sent for sent in first if sent[0].kiosk == "back"]
    assert road.turn(desk) == []


def test_what_is_unanswered_goes_again_over_a_new_connection(road, desk):
    order = asking.ask("front", "identify", {}, within_s=60)
    first = road.turn(desk)
    desk.came_up(None)
    assert road.turn(desk) == first

    reply(desk, order)
    desk.came_up(None)
    assert road.turn(desk) == []


def test_a_box_that_does_not_answer_in_time_is_given_up_but_its_late_word_counts(road, desk, wall):
    order = asking.ask("front", "identify", {}, within_s=60)
    road.turn(desk)
    wall.move(seconds=66)
    assert road.turn(desk) == []
    order.refresh_from_db()
    assert (order.status, order.reason) == ("expired", "the box did not answer in time")

    assert reply(desk, order) == ("done", "")


def test_what_was_never_sent_in_time_is_not_sent_at_all(road, desk, wall):
    asking.ask("front", "identify", {}, within_s=60)
    wall.move(seconds=66)

    assert road.turn(desk) == []


def test_an_order_that_no_version_knows_is_refused_by_the_centre_itself(road, desk, wall):
    order = Order.objects.create(
        kiosk=Kiosk.objects.get(name="front"), name="dance", made_at=wall.now, deadline=wall.now
    )
    asking.ask("front", "identify", {}, within_s=60)

    assert [claims.body for _, claims in road.turn(desk)] == [Identify()]
    order.refresh_from_db()
    assert order.status == "refused"


def test_only_a_box_that_is_let_in_can_be_asked(road, wall):
    with pytest.raises(RegistryRefused, match="did you mean front"):
        asking.ask("frnt", "identify", {}, within_s=60)
    Kiosk.objects.update(revoked_at=wall.now)
    with pytest.raises(RegistryRefused, match="revoked"):
        asking.ask("front", "identify", {}, within_s=60)


def test_a_notice_of_two_lines_is_refused_before_it_is_sent(road):
    with pytest.raises(OrderFailed, match="one line"):
        asking.ask("front", "out_of_order", {"on": True, "notice": "Mất\nđiện"}, within_s=60)

    assert not Order.objects.exists()


def test_waiting_ends_with_the_answer_or_the_deadline(road, desk, wall):
    done = asking.ask("front", "identify", {}, within_s=60)
    refused = asking.ask("front", "identify", {}, within_s=60)
    unsent = asking.ask("front", "identify", {}, within_s=60)
    reply(desk, done)
    reply(desk, refused, b'{"status": "refused", "reason": "no"}')

    asking.wait(done, Event())
    with pytest.raises(OrderFailed, match="refused: no"):
        asking.wait(refused, Event())
    wall.move(seconds=71)
    with pytest.raises(OrderFailed, match="collector serve"):
        asking.wait(unsent, Event())
