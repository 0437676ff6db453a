"""Who may do what, where: roles, grants, tokens; and the index that search reads."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tradewind.base import clock
from tradewind.base.fields import LocalTextField
from tradewind.nouns.org.models import Entity, Market, Person, Team, Versioned


class Role(Versioned):
    """A named set of permission codes; `*` stands for all, `customers.*` for all of one room."""

    code = models.SlugField(max_length=60, unique=True)
    name = LocalTextField()
    codes = models.JSONField(default=list)
    shipped = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return str(self.name) or self.code


class Grant(models.Model):
    """A role held by a person within an entity, a market and a team; a blank axis means everywhere."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    given_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.person_id}:{self.role_id}"


class ApiToken(models.Model):
    """A key for the API that acts as its person; only its hash is kept. `codes` narrows it, null means all of the person's."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, db_index=True)
    hash = models.CharField(max_length=64, unique=True)
    codes = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    private_fields: ClassVar = ("hash",)

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A list as somebody likes it: the page's address query under a name, for oneself or for all who see the page."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=80, db_index=True)
    name = models.CharField(max_length=80)
    query = models.TextField(blank=True)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "page", "name"], name="saved_view_name")]

    def __str__(self) -> str:
        return self.name
