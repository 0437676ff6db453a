"""The pages of stock as a person opens them."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tradewind.areas.supply.tests.stock import make_location
from tradewind.engines.access.models import Grant, Role
from tradewind.nouns.org.models import Market, Person, User
from tradewind.nouns.trade.models import Serving

pytestmark = pytest.mark.django_db


def test_page_that_says_which_sales_leave_here_opens_and_leads_back(client: Client) -> None:
    market, location = Market.objects.create(code="uk", name={"en": "UK"}), make_location()
    codes = ["supply.view_stock", "supply.save_location", "supply.serve_from"]
    role = Role.objects.create(code="keeper", name={"en": "keeper"}, codes=codes)
    person = Person.objects.create(name="Kim", email="kim@example.com", zone="UTC")
    Grant.objects.create(person=person, role=role)
    client.force_login(User.objects.create_user(str(person.email), None, person=person))
    here = f"/supply/locations/{location.pk}/"
    page = client.get(f"{here}serve/")
    assert page.status_code == 200
    assert f'href="{here}"' in page.content.decode()
    answer = client.post(f"{here}serve/", {"market": market.pk, "start": "2026-01-01"})
    assert (answer.status_code, answer.headers.get("Location")) == (302, here)
    assert (Serving.objects.get().market, Serving.objects.get().start) == (market, date(2026, 1, 1))
