"""What people can do and which languages they speak. Written by the actions of learning alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tradewind.base.fields import LocalTextField
from tradewind.nouns.org.models import Person, Versioned


class Skill(Versioned):
    """Something a person can do, at levels 1 to 4 that `levels` describes in words."""

    code = models.SlugField(max_length=60, unique=True)
    name = LocalTextField()
    levels = models.JSONField(default=dict, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return str(self.name)


class PersonSkill(models.Model):
    """A person has a skill at a level from 1 to 4."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="people")
    level = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "skill"], name="person_skill_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="person_skill_level"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.skill_id} {self.level}"


class PersonLanguage(models.Model):
    """A person speaks a language (ISO 639-1, lower case) at a level of the Common European Framework, or as a native."""

    LEVELS: ClassVar = [(level, level) for level in ("A1", "A2", "B1", "B2", "C1", "C2", "native")]

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="languages")
    language = models.CharField(max_length=3)
    level = models.CharField(max_length=6, choices=LEVELS, default="B2")

    class Meta:
        ordering: ClassVar = ["language"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "language"], name="person_language_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.language} {self.level}"
