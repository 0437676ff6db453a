"""What structure remembers for itself: charters, plans of reorganisation."""

from tradewind.areas.structure.models.charters import Charter, Interface, RaciLine
from tradewind.areas.structure.models.plans import Move, Reorganisation

__all__ = ["Charter", "Interface", "Move", "RaciLine", "Reorganisation"]
