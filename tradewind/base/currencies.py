"""The currencies of the world: ISO 4217 codes, minor units, names and signs (data/currencies.csv)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tradewind.base.words import LocalText

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency; ``digits`` is the ISO minor unit, ``ended`` marks money no longer in use (HRK, BGN …)."""

    code: str
    digits: int
    name: LocalText
    symbol: str
    ended: bool = False


def _load() -> dict[str, Currency]:
    with (DATA / "currencies.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Currency(
                code=row["code"],
                digits=int(row["digits"]),
                name=LocalText({"en": row["en"], "zh-hans": row["zh_hans"]}),
                symbol=row["symbol"],
                ended=row["ended"] == "1",
            )
            for row in csv.DictReader(file)
        }


CURRENCIES: Mapping[str, Currency] = MappingProxyType(_load())
