"""Database fields for the kinds of value every room has: money units, codes, zones, texts in several languages, secrets."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.db import models

from tradewind.base import crypto
from tradewind.base.words import LocalText


class UnitsField(models.BigIntegerField[Any, Any]):
    """An amount as an integer of 1/10,000 of the currency unit, so that both stores add it up exactly."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", 0)
        if kwargs.get("null"):
            kwargs["default"] = None
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        # An amount given where units belong would be stored 10,000 times too small, and cut to a whole number.
        if isinstance(value, Decimal | float | str | bool):
            raise TypeError(f"{self.name} holds units of 1/10,000: convert with money.to_units()")
        return super().get_prep_value(value)


class CurrencyField(models.CharField[Any, Any]):
    """An ISO 4217 code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        super().__init__(*args, **kwargs)


class CountryField(models.CharField[Any, Any]):
    """An ISO 3166-1 alpha-2 code; blank when not known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 2)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)


class ZoneField(models.CharField[Any, Any]):
    """The IANA name of a time zone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        kwargs.setdefault("default", "UTC")
        super().__init__(*args, **kwargs)


class LocalTextField(models.JSONField):
    """A text in several languages, `{"en": …, "zh-hans": …}`, read as `LocalText`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return LocalText(super().from_db_value(value, expression, connection) or {})

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """A plain dict that was given reads as a text from now on, so that the record's title is no dict's."""
        setattr(model_instance, self.attname, self.to_python(getattr(model_instance, self.attname)))
        return super().pre_save(model_instance, add)

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(dict(value) if isinstance(value, LocalText) else value)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, LocalText) else LocalText(value or {})


class EncryptedTextField(models.TextField[Any, Any]):
    """A sensitive text, kept in the store only as authenticated ciphertext (AES-256-GCM, key ring)."""

    private = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str:
        return crypto.decrypt(value) if value else ""

    def get_prep_value(self, value: Any) -> Any:
        return crypto.encrypt(str(value)) if value else ""


class EncryptedJSONField(models.TextField[Any, Any]):
    """A sensitive structure, kept in the store only as authenticated ciphertext."""

    private = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return json.loads(crypto.decrypt(value)) if value else {}

    def get_prep_value(self, value: Any) -> Any:
        return crypto.encrypt(json.dumps(value, ensure_ascii=False, default=str)) if value else ""
