"""Which way the rows of wallet and card files moved money: pure, by the platform's own words.

An answer is +1 (money came into the wallet), -1 (it left it), or the code of a reason why the row moved none in it.
"""

from __future__ import annotations

IN, OUT = 1, -1
UNPAID, CLOSED, ELSEWHERE, INSIDE, NEUTRAL, PENDING = "unpaid", "closed", "elsewhere", "inside", "neutral", "pending"
UNKNOWN = "unknown"

_OWN_MEANS = ("余额", "零钱", "余额宝", "零钱通")
_OTHER_MEANS = ("银行", "信用卡", "储蓄卡", "花呗", "白条", "借记卡")
_NEVER_PAID = ("等待付款", "支付失败", "交易失败", "已关闭", "待付款", "未支付")
_INTO_BALANCE = ("卖出至余额宝", "收益发放", "转入", "充值", "退款", "赎回")
_OUT_OF_BALANCE = ("提现", "转出", "买入", "申购", "还款")
_WECHAT_DONE = (
    "支付成功", "已存入零钱", "已转账", "朋友已收钱", "已收钱", "提现已到账", "充值完成", "充值成功", "已到账", "对方已收钱",
    "已全额退款", "对方已退还", "收款成功",
)  # fmt: skip


def paid_elsewhere(means: str) -> bool:
    """Whether a payment came from a card or a loan, which the bank's own statement tells, and not from the wallet."""
    return any(word in means for word in _OTHER_MEANS) and not any(word in means for word in _OWN_MEANS)


def alipay(direction: str, state: str, means: str, text: str) -> int | str:
    """支付宝: 收/支, 交易状态, 收/付款方式 and what it was for.

    A purchase that was paid and given back is closed (交易关闭) and keeps its 支出: its 退款 is a row of its own. Closed without
    收/支 was never paid.
    """
    if any(word in state for word in _NEVER_PAID):
        return UNPAID
    if "交易关闭" in state and direction != "支出":
        return CLOSED
    if paid_elsewhere(means):
        return ELSEWHERE
    if direction == "收入" or "退款成功" in state:
        return IN
    if direction == "支出":
        return OUT
    if any(word in text for word in _INTO_BALANCE):
        return IN
    if any(word in text for word in _OUT_OF_BALANCE):
        return OUT
    return NEUTRAL if direction in ("不计收支", "/", "") else UNKNOWN


def wechat(kind: str, direction: str, state: str, means: str) -> int | str:
    """微信支付: 交易类型, 收/支, 当前状态 and 支付方式; moves between 零钱 and 零钱通 stay inside the wallet."""
    if not any(word in state for word in _WECHAT_DONE) and not state.startswith("已退款"):
        return UNPAID
    if kind.startswith(("零钱通转出-到零钱", "转入零钱通-来自零钱")):
        return INSIDE
    if kind.startswith(("零钱充值", "转入零钱通-来自")):
        return IN
    if kind.startswith(("零钱提现", "零钱通转出-到")):
        return OUT
    if direction == "收入":
        return IN
    if paid_elsewhere(means):
        return ELSEWHERE
    if direction == "支出" or kind.startswith(("信用卡还款", "购买理财通")):
        return OUT
    return NEUTRAL if direction in ("/", "", "中性交易") else UNKNOWN


_PAYPAL_MOVED = (
    "completed",
    "abgeschlossen",
    "terminé",
    "effectué",
    "reversed",
    "refunded",
    "partially refunded",
    "已完成",
)
_PAYPAL_OPEN = (
    "pending", "ausstehend", "en attente", "denied", "failed", "expired", "canceled", "cancelled", "voided", "removed",
    "placed", "on hold", "待处理",
)  # fmt: skip


def paypal(state: str, kind: str) -> str:
    """PayPal: empty when the row moved money, else why not; authorisations and holds move none whatever their state."""
    word = state.strip().casefold()
    if word in _PAYPAL_OPEN or kind.strip().casefold().startswith(
        ("authorization", "account hold", "hold on", "order")
    ):
        return PENDING
    return "" if word in _PAYPAL_MOVED else UNKNOWN


def card(state: str) -> str:
    """A bank's card or account file: empty when the row is booked, else why not."""
    word = state.strip().casefold()
    if word in ("", "posted", "booked", "cleared", "settled", "completed"):
        return ""
    return PENDING if word in ("pending", "authorised", "authorized", "processing") else UNKNOWN
