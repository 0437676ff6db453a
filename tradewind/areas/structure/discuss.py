"""What people of this company thank each other for."""

from tradewind.engines.discuss.principles import principle_kind

principle_kind("structure.principle")
