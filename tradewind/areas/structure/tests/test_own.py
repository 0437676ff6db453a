"""What everybody may set for themselves."""

from __future__ import annotations

import pytest

from tradewind.areas.structure.actions import keep_preferences
from tradewind.base.errors import Refused
from tradewind.nouns.org.models import Person

pytestmark = pytest.mark.django_db


def test_keep_preferences_refuses_what_is_unknown() -> None:
    person = Person.objects.create(name="Lin", zone="Asia/Shanghai")
    for wrong in ({"language": "xx"}, {"theme": "pink"}, {"zone": "Mars/Base"}):
        with pytest.raises(Refused):
            keep_preferences(person, **wrong)
    keep_preferences(person, language="zh-hans", zone="Asia/Manila")
    person.refresh_from_db()
    assert (person.language, person.zone, person.theme) == ("zh-hans", "Asia/Manila", "system")
