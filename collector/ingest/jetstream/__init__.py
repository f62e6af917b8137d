"""
Visits from NATS: off the stream that its MQTT gateway fills, by a consumer that many collectors share.

Doors speak MQTT to any node. What they publish at QoS 1 is kept in the stream `$MQTT_msgs`, on as many nodes
as that has replicas, before it is acknowledged to them; and until the one durable consumer of all collectors
has said that it is dealt with. Whoever of them asks gets the next. A collector that is killed takes nothing
along: what it had not acknowledged is delivered to the others half a minute later, and doors send it again
before.
"""
