"""What structure remembers for itself: charters, plans of reorganisation, campaigns for the vision."""

from tradewind.areas.structure.models.campaigns import Broadcast, BroadcastMessage, Receipt
from tradewind.areas.structure.models.charters import Charter, Interface, RaciLine
from tradewind.areas.structure.models.plans import Move, Reorganisation

__all__ = [
    "Broadcast", "BroadcastMessage", "Charter", "Interface", "Move", "RaciLine", "Receipt", "Reorganisation",
]  # fmt: skip
