"""
What NATS and its MQTT gateway call things: where it keeps what doors say, and how that is asked for. Pure.

Who listens and who writes the permissions must mean the same.
"""

STREAM = "$MQTT_msgs"
"""What the gateway keeps messages of QoS 1 in; it makes it when the first MQTT client comes."""
KEPT = "$MQTT.msgs."
"""Before the subjects of what it keeps."""
_CONSUMER = "$JS.API.CONSUMER"


def subject(topic: str) -> str:
    """The subject of a topic, or of a filter of topics."""
    return topic.replace("/", ".").replace("+", "*")


def pull(durable: str) -> str:
    """Where the next messages of a consumer are asked for."""
    return f"{_CONSUMER}.MSG.NEXT.{STREAM}.{durable}"


ASKED = (f"{_CONSUMER}.INFO.{STREAM}.*", f"{_CONSUMER}.CREATE.{STREAM}.>", pull("*"), f"$JS.ACK.{STREAM}.>")
"""All that collectors say to the stream; nats-py makes the first two, and the server names the last."""
