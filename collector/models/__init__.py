"""What the centre keeps."""

from collector.models.places import Guard, Kiosk, Place, SealingKey
from collector.models.visits import Clock, Gap, Mark, SetAside, Visit

__all__ = ["Clock", "Gap", "Guard", "Kiosk", "Mark", "Place", "SealingKey", "SetAside", "Visit"]
