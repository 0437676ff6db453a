"""What was bought and sold: channels, products, customers, orders, refunds, payments, fees, payouts, rates, stock.

Amounts are integers of 1/10,000 of the currency unit beside their currency. What a platform states is kept as stated
(`stated_*`, null when it said nothing); what follows from it (`gross`, `net`, `refunded`) is derived on arrival.
"""

from tradewind.nouns.trade.models.costs import Price, Rate, RateSet, UnitCost
from tradewind.nouns.trade.models.money import AdSpend, BankAccount, BankLine, Fee, Payment, Payout
from tradewind.nouns.trade.models.orders import Order, OrderLine, Refund, RefundLine, Return
from tradewind.nouns.trade.models.shops import Channel, Customer, Identity, Product
from tradewind.nouns.trade.models.stock import Location, Serving, StockLevel, StockMove

__all__ = [
    "AdSpend",
    "BankAccount",
    "BankLine",
    "Channel",
    "Customer",
    "Fee",
    "Identity",
    "Location",
    "Order",
    "OrderLine",
    "Payment",
    "Payout",
    "Price",
    "Product",
    "Rate",
    "RateSet",
    "Refund",
    "RefundLine",
    "Return",
    "Serving",
    "StockLevel",
    "StockMove",
    "UnitCost",
]
