"""What the centre keeps."""

from collector.models.orders import Order
from collector.models.places import Guard, Kiosk, Place, SealingKey
from collector.models.visits import Clock, Gap, Mark, SetAside, Visit

__all__ = ["Clock", "Gap", "Guard", "Kiosk", "Mark", "Order", "Place", "SealingKey", "SetAside", "Visit"]
