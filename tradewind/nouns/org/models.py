"""Who we are: company, entities, markets, sites, people, teams. Nouns have no verbs; each is written by one area."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.base import clock
from tradewind.base.fields import CountryField, CurrencyField, EncryptedTextField, LocalTextField, UnitsField, ZoneField


class Versioned(models.Model):
    """Carries the version that lets two editors of one record notice each other."""

    version = models.IntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True


class Company(Versioned):
    """The company as a whole; one row."""

    name = LocalTextField()
    currency = CurrencyField(default="USD")
    zone = ZoneField(default="Asia/Shanghai")
    country = CountryField(default="CN")
    language = models.CharField(max_length=10, default="zh-hans")
    fiscal_start = models.PositiveSmallIntegerField(default=1)
    demo = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(fiscal_start__gte=1, fiscal_start__lte=12), name="company_fiscal_start"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Entity(Versioned):
    """A legal entity."""

    code = models.SlugField(max_length=40, unique=True)
    name = LocalTextField()
    country = CountryField()
    currency = CurrencyField()
    zone = ZoneField()
    registration = models.CharField(max_length=80, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return str(self.name)


class Market(Versioned):
    """Where we sell: one or more countries led together."""

    code = models.SlugField(max_length=40, unique=True)
    name = LocalTextField()
    currency = CurrencyField()
    zone = ZoneField()
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return str(self.name)


class MarketCountry(models.Model):
    """A country belongs to at most one market."""

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="countries")
    country = CountryField(unique=True, blank=False)

    def __str__(self) -> str:
        return str(self.country)


class Site(Versioned):
    """A place where people work; holidays follow country, then region, then site."""

    code = models.SlugField(max_length=40, unique=True)
    name = LocalTextField()
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="sites")
    country = CountryField()
    region = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=80, blank=True)
    zone = ZoneField()
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return str(self.name)


class Brand(Versioned):
    """A brand we sell under."""

    code = models.SlugField(max_length=40, unique=True)
    name = LocalTextField()
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return str(self.name)


class Function(Versioned):
    """A kind of work a group does: marketing, customer service, supply …; `in_matrix`: every active market needs it."""

    code = models.SlugField(max_length=40, unique=True)
    name = LocalTextField()
    in_matrix = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return str(self.name)


class Job(Versioned):
    """A work role with its title; access roles are `Role` of the engine access."""

    code = models.SlugField(max_length=60, unique=True)
    title = LocalTextField()
    function = models.ForeignKey(Function, null=True, blank=True, on_delete=models.PROTECT, related_name="jobs")

    def __str__(self) -> str:
        return str(self.title)


class Person(Versioned):
    """Somebody who works with us; may or may not sign in."""

    key = models.CharField(max_length=80, unique=True, null=True, blank=True)
    name = models.CharField(max_length=120)
    preferred_name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(max_length=254, unique=True, null=True, blank=True)
    language = models.CharField(max_length=10, default="en")
    zone = ZoneField()
    country = CountryField()
    theme = models.CharField(max_length=10, default="system")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    job_title = models.CharField(max_length=120, blank=True)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    active = models.BooleanField(default=True)
    phone = EncryptedTextField()
    birth_date = EncryptedTextField()
    national_id = EncryptedTextField()
    bank_account = EncryptedTextField()

    private_fields: ClassVar = ("name", "preferred_name", "email")

    class Meta:
        ordering: ClassVar = ["name", "id"]
        indexes: ClassVar = [models.Index(fields=["active", "name"], name="person_active_name")]

    def __str__(self) -> str:
        shown: str = self.preferred_name or self.name
        return shown


class UserManager(BaseUserManager["User"]):
    """Makes users that sign in by e-mail."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A sign-in of a person."""

    email = models.EmailField(max_length=254, unique=True)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="user")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = []
    is_staff = False
    is_superuser = False

    objects = UserManager()

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return str(self.person)


class Team(Versioned):
    """A group of people with a lead; teams form a tree."""

    code = models.SlugField(max_length=60, unique=True)
    name = LocalTextField()
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    lead = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="leads")
    function = models.ForeignKey(Function, null=True, blank=True, on_delete=models.PROTECT, related_name="teams")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="teams")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="teams")
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(parent=F("id")) | Q(parent__isnull=True), name="team_not_own_parent")
        ]

    def __str__(self) -> str:
        return str(self.name)


class Membership(models.Model):
    """A person's share of time in a team, from a day to a day (inclusive)."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    allocation = models.PositiveSmallIntegerField(default=100)
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(allocation__gte=1, allocation__lte=100), name="membership_allocation"),
            models.UniqueConstraint(fields=["team", "person"], condition=Q(end__isnull=True), name="membership_open"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}@{self.team_id}"


class ReportingLine(models.Model):
    """Who reports to whom: one solid line at a time, any number of dotted ones."""

    SOLID, DOTTED = "solid", "dotted"
    KINDS: ClassVar = [(SOLID, "solid"), (DOTTED, "dotted")]

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="lines_up")
    manager = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="lines_down")
    kind = models.CharField(max_length=6, choices=KINDS, default=SOLID)
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(person=F("manager")), name="line_not_to_self"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(end__isnull=True, kind="solid"), name="line_one_solid_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}>{self.manager_id}"


class Position(Versioned):
    """A post that is planned or held: from a day, in a team, at a yearly cost in local money."""

    PLANNED, OPEN, FILLED, DROPPED = "planned", "open", "filled", "dropped"
    STATES: ClassVar = [
        (PLANNED, _("Planned")),
        (OPEN, pgettext_lazy("position", "Open")),
        (FILLED, _("Filled")),
        (DROPPED, _("Dropped")),
    ]

    code = models.SlugField(max_length=60, unique=True)
    title = LocalTextField()
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="positions")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="positions")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="positions")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="positions")
    manager = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="positions_below"
    )
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="positions")
    country = CountryField()
    starts_on = models.DateField(null=True, blank=True)
    allocation = models.PositiveSmallIntegerField(default=100)
    yearly_cost = UnitsField(null=True, blank=True)
    currency = CurrencyField(blank=True, default="")
    state = models.CharField(max_length=7, choices=STATES, default=PLANNED)
    note = models.TextField(blank=True)

    private_fields: ClassVar = ("yearly_cost", "currency")

    class Meta:
        ordering: ClassVar = ["starts_on", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(yearly_cost__isnull=True) | ~Q(currency=""), name="position_currency"),
            models.CheckConstraint(condition=Q(allocation__gte=1, allocation__lte=100), name="position_allocation"),
        ]

    def __str__(self) -> str:
        return str(self.title)


__all__ = [
    "Brand",
    "Company",
    "Entity",
    "Function",
    "Job",
    "Market",
    "MarketCountry",
    "Membership",
    "Person",
    "Position",
    "ReportingLine",
    "Site",
    "Team",
    "User",
    "Versioned",
]
