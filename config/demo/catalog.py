"""The demo company's twelve hundred products."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

GOODS = {
    "Kitchen": [("cutlery tray", "餐具收纳盘"), ("storage jar", "储物罐"), ("chopping board", "砧板"), ("coffee dripper", "手冲咖啡滤杯"),
                ("spice rack", "调料架"), ("lunch box", "便当盒"), ("tea pot", "茶壶"), ("apron", "围裙")],
    "Home": [("throw blanket", "盖毯"), ("cushion cover", "抱枕套"), ("wall shelf", "置物架"), ("laundry basket", "脏衣篮"),
             ("shower curtain", "浴帘"), ("door mat", "门垫"), ("picture frame", "相框"), ("candle holder", "烛台")],
    "Outdoor": [("camping lamp", "露营灯"), ("folding chair", "折叠椅"), ("picnic mat", "野餐垫"), ("water bottle", "水壶"),
                ("hammock", "吊床"), ("dry bag", "防水袋")],
    "Pet": [("pet bed", "宠物窝"), ("cat tree", "猫爬架"), ("dog harness", "狗胸背"), ("feeding bowl", "食盆"), ("pet fountain", "饮水机")],
    "Office": [("desk lamp", "台灯"), ("laptop stand", "笔记本支架"), ("cable organiser", "理线器"), ("pen holder", "笔筒"),
               ("desk mat", "桌垫"), ("monitor riser", "显示器增高架")],
    "Garden": [("plant pot", "花盆"), ("watering can", "洒水壶"), ("solar light", "太阳能灯"), ("bird feeder", "喂鸟器")],
    "Baby": [("play mat", "游戏垫"), ("night light", "小夜灯"), ("baby carrier", "婴儿背带"), ("bath toy", "洗澡玩具")],
}  # fmt: skip
STYLES = [("Bamboo", "竹制"), ("Linen", "亚麻"), ("Ceramic", "陶瓷"), ("Oak", "橡木"), ("Recycled", "再生"), ("Matte black", "哑光黑"),
          ("Terracotta", "赤陶"), ("Nordic", "北欧"), ("Compact", "便携"), ("Premium", "高级")]  # fmt: skip
SIZES = [("S", 80), ("M", 100), ("L", 135)]


@dataclass(frozen=True)
class Good:
    """One SKU with its title in both languages and its price in US cents."""

    sku: str
    title: str
    category: str
    cents: int


def catalog(rng: Random, count: int = 1200) -> list[Good]:
    """Deterministic goods, most wanted first."""
    base = [(category, style, noun) for category, nouns in GOODS.items() for noun in nouns for style in STYLES]
    found = []
    for number, (category, (style, style_zh), (noun, noun_zh)) in enumerate(base, 1):
        cents = rng.choice([990, 1290, 1490, 1990, 2490, 2990, 3490, 4490, 5990, 8990])
        for size, percent in SIZES:
            title = f"{style} {noun} {size} · {style_zh}{noun_zh}"
            found.append(
                Good(
                    f"TW-{category[:2].upper()}{number:04}-{size}",
                    title,
                    category,
                    cents * percent // 100 // 10 * 10 + 9,
                )
            )
    rng.shuffle(found)
    return found[:count]
