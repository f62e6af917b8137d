"""What the centre keeps."""

from collector.models.audit import AuditEntry
from collector.models.exports import Export
from collector.models.figures import DayDue, DayFigures
from collector.models.grants import Grant
from collector.models.orders import Order
from collector.models.places import Guard, Kiosk, Place, SealingKey
from collector.models.requests import PersonRequest
from collector.models.setup_codes import SetupCode
from collector.models.stays import Change, CheckOut
from collector.models.support import SupportBundle
from collector.models.units import Unit
from collector.models.visits import Clock, Dropping, Gap, Mark, SetAside, Visit

__all__ = [
    "AuditEntry",
    "Change",
    "CheckOut",
    "Clock",
    "DayDue",
    "DayFigures",
    "Dropping",
    "Export",
    "Gap",
    "Grant",
    "Guard",
    "Kiosk",
    "Mark",
    "Order",
    "PersonRequest",
    "Place",
    "SealingKey",
    "SetAside",
    "SetupCode",
    "SupportBundle",
    "Unit",
    "Visit",
]
