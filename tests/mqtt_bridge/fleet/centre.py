"""A centre played by tests: it hears all doors, and confirms what each has sent without a gap."""

import threading

from paho.mqtt import client as paho

from mqtt_bridge import topics, wire
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import Receipt


class Centre:
    """
    Args:
        port: The broker's, on this machine.
        signer: Signs the receipts (`tests.mqtt_bridge.centre.Signer`); None for receipts without.
        answers: Whether it writes any.
    """

    def __init__(self, port, signer=None, answers=True):
        self.signer = signer
        self.answers = answers
        self.events = {}
        """By kiosk and sequence number, the last that came."""
        self.availability = {}
        self.health = {}
        self._through = {}
        self._listening = threading.Event()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.on_message = self._hear
        self.client.on_connect = lambda client, *_: client.subscribe("doors/v1/#", qos=1)
        self.client.on_subscribe = lambda *_: self._listening.set()
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert self._listening.wait(10)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()

    def _hear(self, _client, _data, message):
        topic = topics.parse(message.topic)
        if topic.channel is Channel.AVAILABILITY:
            self.availability[topic.kiosk] = message.payload.decode()
        elif topic.channel is Channel.HEALTH:
            self.health[topic.kiosk] = message.payload
        elif topic.channel in {Channel.VISIT, Channel.VISITS}:
            events = wire.decode(message.payload)
            for event in events:
                assert event.kiosk == topic.kiosk
                self.events[event.kiosk, event.number] = event
            if self.answers:
                self._confirm(events[0])

    def _confirm(self, event):
        through = self._through.get(event.epoch, 0)
        while (event.kiosk, through + 1) in self.events:
            through += 1
        self._through[event.epoch] = through
        receipt = Receipt(event.epoch, through)
        if self.signer is not None:
            key, sign = self.signer.key, self.signer.private.sign
            receipt = wire.signed_receipt(event.kiosk, event.epoch, through, key=key, sign=sign)
        self.client.publish(str(Topic(event.kiosk, Channel.RECEIPT)), wire.encode_receipt(receipt))
