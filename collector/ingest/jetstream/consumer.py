"""The one durable consumer that all collectors share: made where it is missing, mended where it differs."""

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from collector.gateway import KEPT, STREAM, subject
from collector.ingest.lines import VISITS
from mqtt_bridge import topics

ACK_WAIT_S = 30.0
"""
What is not acknowledged for so long is delivered again, to whoever asks. A database in trouble may take
longer: then visits come twice, and are recognised.
"""
MAX_ACK_PENDING = 20_000
"""Messages on their way to all collectors together; each holds a fifth of it at most."""
_STREAM_NOT_FOUND = 10059


class NoStream(Exception):
    """No MQTT client ever came, so there is no stream yet."""


def settings(durable: str) -> ConsumerConfig:
    """
    The consumer as it should be: kept on as many nodes as the stream, which is the server's choice.

    Args:
        durable: Its name.
    """
    return ConsumerConfig(
        name=durable,
        durable_name=durable,
        description="Visits, for the collectors of entrance-kiosk",
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT_S,
        filter_subjects=[KEPT + subject(topics.everyone(one)) for one in VISITS],
        max_ack_pending=MAX_ACK_PENDING,
    )


async def make_ready(jetstream: JetStreamContext, durable: str) -> None:
    """
    See that the consumer stands with our settings.

    Raises:
        NoStream: If there is nothing yet that it could be of.
        nats.errors.Error: If the server cannot do it now.
        TimeoutError: If it does not answer.
    """
    wanted = settings(durable)
    try:
        found = (await jetstream.consumer_info(STREAM, durable)).config
    except NotFoundError as error:
        if error.err_code == _STREAM_NOT_FOUND:
            raise NoStream from None
        found = None
    ours = {name: value for name, value in vars(wanted).items() if value is not None}
    if found is None or any(getattr(found, name) != value for name, value in ours.items()):
        await jetstream.add_consumer(STREAM, wanted)
