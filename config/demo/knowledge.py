"""What the demo company knows: its vision and principles, a handbook in two languages, and who has read it."""

from __future__ import annotations

from config.demo.company import House
from tradewind.engines.library import actions, queries
from tradewind.engines.library.models import Acknowledgement, Document, Space
from tradewind.engines.library.queries.searching import note_search
from tradewind.nouns.org.models import Person

EN, ZH = "en", "zh-hans"
Words = tuple[str, str]  # title and text

VISION: dict[str, Words] = {
    EN: ("Good things, wherever you are", ("## Where we are going\n\nA household in any of our markets gets our products as easily as at home, and keeps them for years.\n\n"
         "## Why\n\nMost things sold across borders are cheap, late and thrown away. We think careful products and honest service travel too.\n\n"
         "## What we will not do\n\nWe do not sell what we would not give to our own family, and we do not win by hiding costs.\n")),
    ZH: ("好东西，无论你在哪里", ("## 我们要去哪里\n\n任何一个市场的家庭都能像在本地一样方便地买到我们的产品，并用上多年。\n\n"
         "## 为什么\n\n跨境商品大多便宜、慢、用完就扔。我们相信用心的产品和诚实的服务同样可以跨越国界。\n\n"
         "## 我们不做什么\n\n不卖不会给自己家人用的东西，不靠隐藏费用取胜。\n")),
}  # fmt: skip
PRINCIPLES: list[dict[str, Words]] = [
    {EN: ("Write it down", "## What it means\n\nColleagues in nine countries cannot overhear us.\n\n## We do\n\n- Decide in writing, with the reason\n\n## We do not\n\n- Settle things in a call that others only hear about\n"),
     ZH: ("写下来", "## 含义\n\n九个国家的同事听不到我们当面说的话。\n\n## 我们这样做\n\n- 用文字做决定并写明理由\n\n## 我们不这样做\n\n- 在会上口头定事，其他人事后才听说\n")},
    {EN: ("Tell the customer first", "## What it means\n\nBad news comes from us, early.\n\n## We do\n\n- Say that a parcel is late before the customer asks\n\n## We do not\n\n- Wait and hope\n"),
     ZH: ("先告诉客户", "## 含义\n\n坏消息由我们主动、尽早告知。\n\n## 我们这样做\n\n- 在客户询问之前就说明包裹延误\n\n## 我们不这样做\n\n- 拖着不说，心存侥幸\n")},
]  # fmt: skip
HOURS: dict[str, Words] = {
    EN: ("How we work across time zones", ("## Hours\n\nEverybody works in their own country's hours and holidays. Nobody answers at night.\n\n"
         "## Hand over\n\n- [ ] What is open\n- [ ] Who waits for what\n- [ ] By when, on whose clock\n\n## Meetings\n\nTurns are shared: nobody has the late hour twice in a row.\n")),
    ZH: ("跨时区怎么协作", ("## 工作时间\n\n每个人按所在国家的工时和节假日工作，夜间无需回复。\n\n"
         "## 交接\n\n- [ ] 未完成事项\n- [ ] 谁在等什么\n- [ ] 截止时间（注明时区）\n\n## 会议\n\n轮流承担：同一个人不连续两次开晚间会议。\n")),
}  # fmt: skip
RETURNS: dict[str, Words] = {
    EN: ("Returns by consumers in the EU", ("## What the customer may do\n\nA consumer may withdraw from a distance sale within 14 days of receiving the goods, without a reason.\n\n"
         "## What we do\n\n1. Confirm the withdrawal\n2. Refund price and standard delivery within 14 days of it; we may wait until the goods or the proof of sending arrive\n3. Use the means of payment the customer used\n\n"
         "|Who pays|Outward delivery|Return|\n|-|-|-|\n|Withdrawal|we, at the standard rate|the customer, if we said so before the order|\n|Faulty goods|we|we|\n")),
    ZH: ("欧盟消费者退货", ("## 客户的权利\n\n远程购物的消费者可在收货后 14 天内无理由撤回合同。\n\n"
         "## 我们怎么做\n\n1. 确认撤回\n2. 自撤回起 14 天内退还货款和标准运费；可等到收到货物或寄出凭证\n3. 按客户原付款方式退款\n\n"
         "|由谁承担|去程运费|退货运费|\n|-|-|-|\n|无理由撤回|我们（标准运费）|客户（下单前已告知时）|\n|货物有瑕疵|我们|我们|\n")),
}  # fmt: skip


def write(house: House) -> None:
    """Write the handbook as its authors, have it approved, translated, and partly read."""
    author, boss = house.people["周敏"], house.people["林海"]
    handbook = actions.save_space(boss, None, code="handbook", name={EN: "Handbook", ZH: "员工手册"}, owner=author)
    europe = actions.save_space(
        boss,
        None,
        code="europe",
        name={EN: "Europe: rules and customs", ZH: "欧洲：法规与清关"},
        market=house.markets["dach"],
    )
    made(author, boss, handbook, "structure.vision", VISION)
    principles = [made(author, boss, handbook, "structure.principle", words) for words in PRINCIPLES]
    story = (f"Maria told eleven customers in Spain about the late container a day before they would have asked. See [the principle](doc:{principles[1].pk}).",
             f"玛丽亚在客户询问的前一天，就把货柜延误告诉了西班牙的十一位客户。见[这条原则](doc:{principles[1].pk})。")  # fmt: skip
    made(
        author,
        boss,
        handbook,
        "structure.story",
        {EN: ("Eleven calls before lunch", story[0]), ZH: ("午饭前的十一个电话", story[1])},
    )
    hours = made(author, boss, handbook, "structure.page", HOURS)
    returns = made(author, boss, europe, "structure.page", RETURNS)
    reworded(boss, returns, RETURNS[EN][1] + "\nTell the customer the return address in the first answer.\n")
    message = "请在月底前读完；有疑问就在页面下面留言。 Please read it before the month ends; ask below the page."
    actions.ask_acknowledgement(boss, hours, days=14, message=message)
    for number, row in enumerate(Acknowledgement.objects.select_related("person").order_by("pk")):
        if number % 3:
            actions.acknowledge(row.person, row, language=row.person.language)
    for words in ("return\n退货\nsend back", "working hours\n工作时间\n上班时间"):
        actions.save_synonym(boss, None, words=words)
    note_search("报关费", found=False)
    note_search("pallet size", found=False)


def made(author: Person, boss: Person, space: Space, kind: str, words: dict[str, Words]) -> Document:
    """A document with its texts, written by one person and put out by another."""
    title, body = words[EN]
    document = actions.create_document(author, space=space, kind=kind, title=title, body=body)
    put_out(author, boss, document, EN)
    title, body = words[ZH]
    actions.add_language(author, document, language=ZH)
    actions.edit_text(author, document, language=ZH, title=title, body=body, base=0)
    put_out(author, boss, document, ZH)
    return document


def put_out(author: Person, boss: Person, document: Document, language: str) -> None:
    """Take the open version of a text to its readers, over an approval where its kind needs one."""
    if document.of_kind.approval:
        actions.submit_text(author, document, language=language, reviewer=boss)
        actions.approve_text(boss, document, language=language)
    actions.publish_text(boss, document, language=language)


def reworded(boss: Person, document: Document, body: str) -> None:
    """A new version of the source, after which its translation is out of date."""
    text = queries.text_of(document, EN)
    actions.edit_text(boss, document, language=EN, title=text.title, body=body, base=text.latest_number, publish=True)
