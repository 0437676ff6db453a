"""The demo company's monthly reviews: three that were held, one that waits for explanations, and opportunities that are tried.

Costs of the month that runs are watched, and somebody wants to open a finished review again.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from config.demo.company import House
from tradewind.areas.finance.actions import opportunities, profit, reviews
from tradewind.areas.finance.actions.review_openings import ask_review_opening
from tradewind.areas.finance.models import Account, Opportunity, Review, VarianceNote
from tradewind.base import clock
from tradewind.base.period import Period
from tradewind.engines.metrics import refresh

MONTHS = 4
WORDS = {
    "gross": ("促销周比计划早一周，客单价略低。", "The sale week came a week earlier than planned, at a slightly lower price."),
    "discount": ("会员日折扣比预算深两个点。", "Discounts on the members' day went two points deeper than planned."),
    "refund": ("一批灯具电源适配器不合格，集中退款。", "A batch of lamps came with faulty adapters: refunds bunched up."),
    "cogs": ("人民币走强，采购成本按欧元计上升。", "The yuan got stronger, so purchases cost more."),
    "fees": ("平台佣金档位上调。", "The marketplace moved two categories to a higher commission."),
    "advertising": ("旺季竞价上涨，已收紧出价上限。", "Bids rose before the season; the ceiling is lower now."),
    "pay": ("客服加班，下月回落。", "Overtime in customer service; back to normal next month."),
}  # fmt: skip
OTHER = ("一次性支出，不会延续。", "A one-off; it does not go on.")


def write(house: House) -> None:
    """Limits, the reviews of the last four months, opportunities."""
    refresh.ensure()
    profit.count()
    reviews.set_variance_limit.system(amount=Decimal(5000), currency="USD", percent=Decimal(10))
    rent = Account.objects.filter(code="rent").first()
    if rent is not None:
        reviews.set_variance_limit.system(account=rent, amount=Decimal(1000), currency="USD", percent=Decimal(5))
    month, months = Period.containing(house.anchor, "month"), []
    for _step in range(MONTHS):
        month = month.previous()
        months.append(month)
    for place, one in enumerate(reversed(months)):
        found = reviews.open_reviews.system(month=one.start)
        if place < MONTHS - 1:
            held(house, found, late=place == 0)
        else:
            half(found)
    reviews.watch_spending.system(month=house.anchor)
    again(house, months[1].start)
    chances(house)


def explained(note: VarianceNote) -> None:
    """An explanation in the owner's language, or both."""
    chinese, english = WORDS.get(note.account.line, OTHER)
    owner_writes_chinese = note.owner is not None and note.owner.zone == "Asia/Shanghai"
    reviews.comment_variance.system(note, comment=chinese if owner_writes_chinese else english)


def held(house: House, found: list[Review], *, late: bool) -> None:
    """Reviews that were held on time, entities first; one of them two days late."""
    boss = house.people["陈静"]
    for review in sorted(found, key=lambda one: (one.entity_id is None, one.pk)):
        for note in review.notes.select_related("account", "owner").order_by("pk"):
            explained(note)
        reviews.finish_review.system(
            review, decisions="广告出价上限按周复核。\nReview the ceiling of ad bids every week."
        )
        day = review.due + timedelta(days=2 if late and review.entity_id is None else -1)
        at = clock.day_bounds(day, "Asia/Shanghai")[0] + timedelta(hours=15)
        Review.objects.filter(pk=review.pk).update(done_at=at, done_by=boss)
        review.notes.update(commented_at=at - timedelta(days=2))


def again(house: House, month: date) -> None:
    """Somebody in finance asks to open a finished review again; the general manager has not answered yet."""
    review = Review.objects.get(month=month, entity=house.entities["de"])
    ask_review_opening(house.people["陈静"], review, reason="仓库的补充账单到了。A late bill of the warehouse came in.")


def half(found: list[Review]) -> None:
    """Every second variance of the newest month is explained."""
    notes = VarianceNote.objects.filter(review__in=[review.pk for review in found]).select_related("account", "owner")
    for note in list(notes.order_by("pk"))[::2]:
        explained(note)


def chances(house: House) -> None:
    """Opportunities: two are tried since spring, one was let go."""
    opportunities.find_opportunities.system()
    rows = list(Opportunity.objects.filter(state=Opportunity.OPEN).order_by("-estimate", "pk")[:3])
    for row in rows[:2]:
        opportunities.try_opportunity.system(
            row, owner=house.people["Anna Schmidt"], note="先上 20 件，站内广告小额测试。"
        )
        Opportunity.objects.filter(pk=row.pk).update(tried_on=house.anchor - timedelta(days=60))
    for row in rows[2:]:
        opportunities.drop_opportunity.system(row, note="插头标准不同，需要重新认证。")
    Opportunity.objects.update(found_on=house.anchor - timedelta(days=70))
    opportunities.measure_opportunities.system()
