"""A first mapping for a table nobody has mapped yet: guessed from column names and sample rows, confirmed by a person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tradewind.base.money import CURRENCIES
from tradewind.engines.exchange.mapping.fields import FIELDS, LINE, ORDER, PAYMENT, REQUIRED
from tradewind.engines.exchange.mapping.spec import VERSION, MappingSpec
from tradewind.engines.exchange.readers.dates import AUTO as DATE_AUTO
from tradewind.engines.exchange.readers.dates import detect_date_order, parse_moment
from tradewind.engines.exchange.readers.numbers import AUTO, DOT, detect_number_format
from tradewind.engines.exchange.readers.table import name_key
from tradewind.engines.exchange.records import CANCELLED, OPEN, PAID, Unreadable

NAMES: Final[dict[str, str]] = {
    "order_id": "order id|order number|order no|order no.|order_id|orderid|order|invoiceno|invoice no|invoice number|invoice"
    "|amazon-order-id|订单号|订单编号|订单id|注文番号|bestellnummer|numéro de commande|número de pedido|pedido",
    "payment_id": "transaction id|transaction_id|payment id|payment_id|id|charge id|balance_transaction_id|交易号|交易单号"
    "|交易订单号|流水号|transaktionscode|numéro de transaction",
    "order_ref": "order|order id|order number|invoice number|invoice id|client reference id|reference|商户单号|商家订单号|订单号",
    "date": "order date|purchase date|purchase-date|sale date|created at|created time|create time|created date (utc)|created_utc"
    "|order_purchase_timestamp|invoicedate|invoice date|order placed|date|datetime|time|transaction date|交易时间|下单时间"
    "|创建时间|付款时间|日期|注文日時|bestelldatum|datum|fecha|date de commande",
    "time": "time|uhrzeit|heure|hora|时间",
    "time_zone": "timezone|time zone|zeitzone|fuseau horaire|时区",
    "state": "order status|status|order-status|financial status|payment status|order state|状态|订单状态|交易状态|当前状态|état|estado",
    "currency": "currency|billing currency|currency code|currency_code|order currency|币种|货币|通貨|währung|devise|moneda",
    "paid_at": "paid at|paid time|paid on date|date paid|付款时间|支付时间",
    "cancelled_at": "cancelled at|canceled at|cancelled time|cancel time|取消时间",
    "fulfilled_at": "fulfilled at|shipped at|date shipped|shipped time|ship time|shipped on date|发货时间",
    "customer_id": "customer id|customer_id|customerid|buyer id|buyer username|user id|买家id|会员名|客户编号|kundennummer",
    "customer_name": "customer name|customer|buyer name|buyer|billing name|name|买家|客户|买家姓名|客户名称|kunde",
    "email": "email|e-mail|customer email|buyer email|email address|邮箱|电子邮件",
    "phone": "phone|phone number|telephone|mobile|电话|手机|联系电话",
    "ship_name": "shipping name|ship to name|ship name|recipient|receiver name|收件人|收货人",
    "city": "shipping city|ship to city|ship city|ship-city|city|城市|市|stadt|ville|ciudad",
    "region": "shipping province|shipping state|ship to state|ship state|ship-state|state|province|region|省|省份|州",
    "postcode": "shipping zip|ship to zip|ship zipcode|ship-postal-code|zip|zip code|postcode|postal code|邮编|plz",
    "country": "shipping country|ship to country|ship country|ship-country|country|country code|国家|国家/地区|land|pays|país",
    "subtotal": "subtotal|order value|order subtotal|商品总额|小计",
    "order_discount": "discount amount|order discount|discount|优惠金额|折扣",
    "shipping": "shipping|shipping fee|shipping cost|shipping amount|shipping and handling|order shipping|运费",
    "order_tax": "taxes|sales tax|total tax|order tax|tax|税费|税额",
    "total": "total|order total|total price|total amount|order amount|grand total|订单金额|实付金额|总额|合计|gesamt",
    "refunded": "refunded amount|amount refunded|refund amount|order refund amount|refunded|退款金额",
    "fee": "fee|fees|card processing fees|total fees|gebühr|commission|手续费|服务费",
    "units": "number of items|units|items|item count|件数|商品数量",
    "discount_code": "discount code|coupon code|coupon|voucher code|优惠码|优惠券",
    "method": "payment method|payment type|payment source type|payment_type|method|支付方式|付款方式|收/付款方式|zahlungsart",
    "source": "source|sales channel|sales-channel|channel|来源|渠道",
    "tags": "tags|标签",
    "note": "note|notes|buyer note|remark|备注|留言",
    "line_id": "order item id|order_item_id|line id|order-item-id|item id|子订单号",
    "sku": "sku|lineitem sku|seller sku|stockcode|stock code|item number|item no|product code|product id|product_id|article number"
    "|商家编码|货号|商品编码|商品编号|artikelnummer|référence",
    "title": "product name|lineitem name|item title|item name|product|title|product-name|description|商品名称|商品标题|商品|品名|produkt",
    "variant": "variant|variation|variations|option|规格|颜色尺码|属性",
    "quantity": "quantity|qty|lineitem quantity|units|quantity-purchased|数量|购买数量|件数|menge|quantité|cantidad|anzahl",
    "unit_price": "unit price|unitprice|unit_price|price|lineitem price|item price|deal price|单价|销售价|preis|stückpreis|prix|precio",
    "amount": "amount|billing amount|line total|item total|total price|gross|item-price|product subtotal|金额|金额(元)|实收金额|betrag|brutto|montant|importe",
    "discount": "lineitem discount|line discount|item discount|sku seller discount",
    "tax": "line tax|item tax|item-tax|lineitem tax",
    "line_shipping": "freight_value|item shipping|shipping-price",
    "settled_amount": "converted amount|settlement amount|settled amount|net amount|结算金额",
    "settled_currency": "converted currency|settlement currency|payout currency|结算币种",
    "fee_tax": "taxes on fee|tax on fee",
    "description": "description|details|memo|商品说明|商品|摘要|verwendungszweck",
}
"""Field -> usual column names, the most telling first."""

_STATE_WORDS: Final = {
    PAID: ("paid", "complete", "completed", "shipped", "delivered", "success", "succeeded", "processing", "fulfilled", "已付款",
           "已发货", "已完成", "交易成功", "支付成功"),
    OPEN: ("pending", "unpaid", "open", "awaiting payment", "on hold", "on-hold", "待付款", "等待付款", "未付款"),
    CANCELLED: ("cancelled", "canceled", "voided", "failed", "expired", "已取消", "交易关闭"),
}  # fmt: skip
_DEMANDED: Final = {
    LINE: ("order_id", "date", "quantity", "sku"),
    ORDER: ("order_id", "date", "total"),
    PAYMENT: ("date", "amount"),
}


@dataclass(slots=True)
class Suggestion:
    """A draft in the mapping's JSON form, and what a person still has to answer (field names and settings)."""

    stated: dict[str, Any]
    open: list[str] = field(default_factory=list)

    def spec(self) -> MappingSpec:
        """The draft as a mapping; Refused while a needed field has no column."""
        return MappingSpec.parse(self.stated)


def suggest(header: Sequence[str], rows: Sequence[Sequence[str]], name: str = "new") -> Suggestion:
    """Guess a mapping from a header and sample rows; ambiguous dates and numbers stay open instead of being guessed."""
    found = _columns(header)
    layout = _layout(found, header, rows)
    columns = {field: column for field, column in found.items() if layout in FIELDS[field].layouts}
    columns = _once(columns, layout)
    values = {field: _cells(header, rows, column) for field, column in columns.items()}
    stated: dict[str, Any] = {"version": VERSION, "name": name, "layout": layout, "columns": columns}
    draft = Suggestion(stated)
    _dates(draft, values.get("date", []))
    _numbers(draft, [cell for field, cells in values.items() if FIELDS[field].kind == "money" for cell in cells])
    _currency(draft, values.get("currency"))
    _states(draft, values.get("state"), layout)
    needed = [group[0] for group in REQUIRED[layout] if not any(one in columns for one in group)]
    draft.open = [*needed, *draft.open]
    if layout != PAYMENT and "order_id" not in columns:
        draft.open.append("order_id")
    return draft


def _once(columns: dict[str, str], layout: str) -> dict[str, str]:
    """Each column serves one field: the ones a layout lives on choose first."""
    ordered = [name for name in _DEMANDED[layout] if name in columns]
    ordered += [name for name in columns if name not in ordered]
    taken: dict[str, str] = {}
    for name in ordered:
        taken.setdefault(columns[name], name)
    return {name: column for column, name in taken.items()}


def _columns(header: Sequence[str]) -> dict[str, str]:
    """Best column of each field: exact usual names first, in the order of how telling they are."""
    by_key = {name_key(column).replace("_", " "): column for column in reversed(header) if column}
    found = {}
    for field_name, names in NAMES.items():
        for usual in names.split("|"):
            column = by_key.get(usual.replace("_", " "))
            if column is not None:
                found[field_name] = column
                break
    return found


def _layout(found: dict[str, str], header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lines if the table counts articles, payments if it has a payment's columns and no order's, else orders."""
    if "quantity" in found and ("sku" in found or "title" in found) and ("unit_price" in found or "amount" in found):
        return LINE
    ids = _cells(header, rows, found["order_id"]) if "order_id" in found else []
    if ids and len(set(ids)) < len(ids) and "unit_price" in found:
        return LINE
    if "total" in found and "order_id" in found:
        return ORDER
    return PAYMENT if "amount" in found else ORDER


def _cells(header: Sequence[str], rows: Sequence[Sequence[str]], column: str) -> list[str]:
    place = list(header).index(column)
    return [row[place] for row in rows if place < len(row) and row[place].strip()]


def _dates(draft: Suggestion, values: list[str]) -> None:
    try:
        order = detect_date_order(values) if values else None
        for value in values[:20]:
            parse_moment(value, order or "mdy")
    except Unreadable:
        order = None
    draft.stated["date"] = {"order": order or DATE_AUTO}
    if order is None:
        draft.open.append("date.order")


def _numbers(draft: Suggestion, values: list[str]) -> None:
    known = detect_number_format(values) if values else DOT
    draft.stated["number"] = known or AUTO
    if known is None:
        draft.open.append("number")


def _currency(draft: Suggestion, values: list[str] | None) -> None:
    if values is None or any(value.strip().upper() not in CURRENCIES for value in values):
        draft.stated["columns"].pop("currency", None)
        draft.open.append("constants.currency")


def _states(draft: Suggestion, values: list[str] | None, layout: str) -> None:
    if not values:
        return
    words = {}
    for value in dict.fromkeys(value.strip() for value in values):
        known = next((state for state, usual in _STATE_WORDS.items() if value.casefold() in usual), None)
        if known is not None:
            words[value] = "failed" if layout == PAYMENT and known == CANCELLED else known
        else:
            draft.open.append(f"state.map.{value}")
    draft.stated["state"] = {"map": words}
