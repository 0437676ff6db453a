"""Where goods lie, which place serves which sales, and the ledger of what came, left and was counted there.

Sales are no rows of the ledger: paid lines of orders leave the location that serves their channel and market, goods that came back to
be sold again return to it (`tradewind/nouns/trade/queries.py` puts all of it in one row of time).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.fields import CountryField, CurrencyField, UnitsField, ZoneField
from tradewind.nouns.org.models import Entity, Market, Person, Versioned
from tradewind.nouns.trade.models.shops import Channel, Product


class Location(Versioned):
    """A place where goods lie: an own warehouse, one of a third party, a marketplace's; `entity` owns what lies there."""

    OWN, THIRD_PARTY, MARKETPLACE = "own", "third_party", "marketplace"
    KINDS: ClassVar = [
        (OWN, _("Own warehouse")), (THIRD_PARTY, _("Third-party warehouse")), (MARKETPLACE, _("Marketplace warehouse")),
    ]  # fmt: skip

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=11, choices=KINDS, default=OWN)
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="locations")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="locations")
    country = CountryField()
    zone = ZoneField()
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class Serving(models.Model):
    """From a day on, sales of a channel, of a market, or of a channel in a market leave a location; the closest rule holds."""

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="servings")
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.CASCADE, related_name="servings")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    start = models.DateField()

    class Meta:
        ordering: ClassVar = ["-start", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(channel__isnull=False) | Q(market__isnull=False), name="serving_of_something"),
            models.UniqueConstraint(Coalesce("channel", 0), Coalesce("market", 0), "start", name="serving_key"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.location_id} {self.channel_id or ''} {self.market_id or ''} {self.start}"


class StockMove(models.Model):
    """One movement of a product at a location, never changed: units that came are above zero, units that left below.

    What came carries what it cost landed (`cost` in `currency`, split into `parts`) and the same in its owner's currency (`value`,
    `value_currency`) at `rate`, `day <day of the rate> <factor>`. A count tells the units found; its move is the difference to the
    ledger as it was known then. Two moves make a transfer: the one that arrives names the one that left (`pair`). A move is taken
    back by its opposite.
    """

    OPENING, RECEIPT, RETURN, TRANSFER, COUNT, WRITE_OFF = (
        "opening",
        "receipt",
        "return",
        "transfer",
        "count",
        "write_off",
    )
    KINDS: ClassVar = [
        (OPENING, _("Opening stock")), (RECEIPT, _("Receipt")), (RETURN, _("Returned by a buyer")), (TRANSFER, _("Transfer")),
        (COUNT, _("Count")), (WRITE_OFF, _("Written off")),
    ]  # fmt: skip

    key = models.CharField(max_length=160, unique=True)
    day = models.DateField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="stock_moves")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=9, choices=KINDS)
    units = models.IntegerField()
    counted = models.IntegerField(null=True, blank=True)
    cost = UnitsField(null=True, blank=True)
    currency = CurrencyField(blank=True, default="")
    parts = models.JSONField(default=dict, blank=True)
    value = UnitsField(null=True, blank=True)
    value_currency = CurrencyField(blank=True, default="")
    rate = models.CharField(max_length=60, blank=True)
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    pair = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="arrival")
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversal")
    document = models.CharField(max_length=120, blank=True)
    supplier = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=200, blank=True)
    source_line = models.IntegerField(default=0)
    batch = models.BigIntegerField(null=True, blank=True)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-day", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(units=0) | Q(kind="count"), name="stock_move_moves"),
            models.CheckConstraint(
                condition=Q(value__isnull=True, cost__isnull=True) | Q(value__isnull=False, cost__isnull=False),
                name="stock_move_valued",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=False)
                | Q(kind__in=["opening", "receipt", "return"], units__gt=0)
                | Q(kind="write_off", units__lt=0)
                | Q(kind__in=["transfer", "count"]),
                name="stock_move_direction",
            ),
            models.CheckConstraint(condition=~Q(reverses=F("id")) & ~Q(pair=F("id")), name="stock_move_not_itself"),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["product", "location", "day"], name="stock_move_place"),
            models.Index(fields=["day", "id"], name="stock_move_day"),
        ]

    def __str__(self) -> str:
        return self.key


class StockLevel(models.Model):
    """What lay of a product at a location at the end of a month (`month`, its first day), or on `day` in the month that runs.

    Units by age, first in first out: `aged` older than 90 days, of these `old` older than 180, of these `ancient` older than 365.
    `came` and `sold` are those of the month, `sold90` what was sold in the 90 days up to `day`. Counted anew, never written by hand.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="levels")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="levels")
    month = models.DateField()
    day = models.DateField()
    latest = models.BooleanField(default=False)
    units = models.IntegerField()
    aged = models.IntegerField(default=0)
    old = models.IntegerField(default=0)
    ancient = models.IntegerField(default=0)
    came = models.IntegerField(default=0)
    sold = models.IntegerField(default=0)
    sold90 = models.IntegerField(default=0)
    since = models.DateField()
    last_in = models.DateField(null=True, blank=True)
    last_sale = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "location", "month"], name="stock_level_key"),
        ]
        indexes: ClassVar = [models.Index(fields=["latest", "month"], name="stock_level_month")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.location_id} {self.month}"
