"""Who writes which noun, and a reading of the source that finds every write."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.source import Source, dotted

# Each noun is written by the actions of one area; `exchange` upserts trade facts for the import actions of the owners.
OWNERS: dict[str, str] = {
    **dict.fromkeys(
        ["Person", "User", "Team", "Membership", "ReportingLine", "Function", "Job", "Position"], "structure"
    ),
    **dict.fromkeys(["Company", "Entity", "Site"], "compliance"),
    **dict.fromkeys(
        ["Market", "MarketCountry", "Brand", "Channel", "Listing", "Campaign", "Feed", "Article"], "market"
    ),
    **dict.fromkeys(["Product", "Variant", "Supplier", "Location", "Serving", "StockMove", "StockLevel"], "supply"),
    **dict.fromkeys(
        ["Customer", "Identity", "Consent", "Segment", "Order", "OrderLine", "Refund", "RefundLine", "Fulfilment"],
        "customers",
    ),
    **dict.fromkeys(
        [
            "Payment",
            "Payout",
            "Fee",
            "Return",
            "AdSpend",
            "BankAccount",
            "BankLine",
            "UnitCost",
            "Price",
            "Rate",
            "RateSet",
        ],
        "finance",
    ),
    **dict.fromkeys(["Objective", "ObjectiveLink", "KeyResult", "CheckIn"], "structure"),
    **dict.fromkeys(["Skill", "PersonSkill", "PersonLanguage"], "learning"),
}
# Files are kept by every engine whose records carry some.
KEEPERS_OF_FILES = {"discuss", "exchange", "library"}
TRADE_FACTS = {
    "Product", "Customer", "Identity", "Order", "OrderLine", "Refund", "RefundLine", "Return", "Payout", "Payment", "Fee",
    "AdSpend", "BankLine", "UnitCost",
}  # fmt: skip
MANAGER_WRITES = {
    "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "update", "delete",
    "acreate", "aupdate", "adelete", "create_user", "create_superuser",
}  # fmt: skip
INSTANCE_WRITES = {"save", "delete", "asave", "adelete"}


def may_write(source: Source, noun: str) -> bool:
    """Whether this file may write this noun."""
    if source.is_test or source.parts[:2] == ("tradewind", "nouns"):
        return True
    if noun == "Attachment":
        return source.engine in KEEPERS_OF_FILES
    if source.area:
        return source.area == OWNERS[noun]
    if source.engine == "exchange":
        return noun in TRADE_FACTS
    return False


def writes(source: Source) -> Iterator[str]:
    """Every write of a noun this file may not do, as words with its line."""
    names = imported_nouns(source)
    if not names:
        return
    for scope in [source.tree, *source.functions()]:
        kinds = kinds_of_variables(scope, names)
        for node in own_nodes(scope):
            noun = written(node, names, kinds)
            if noun and not may_write(source, noun):
                yield f"{source.name}:{node.lineno} writes {noun}, which belongs to {OWNERS.get(noun, 'the keepers of files')}"


def imported_nouns(source: Source) -> dict[str, str]:
    """The nouns a file imports: its local name for each."""
    found = {}
    for node, module, name in source.imports():
        if (
            module.startswith("tradewind.nouns.")
            and name in {*OWNERS, "Attachment"}
            and isinstance(node, ast.ImportFrom)
        ):
            local = next((alias.asname or alias.name for alias in node.names if alias.name == name), name)
            found[local] = name
    return found


def own_nodes(scope: ast.AST) -> Iterator[ast.Call]:
    """The calls of a scope, those of functions inside left to these."""
    for child in ast.iter_child_nodes(scope):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from own_nodes(child)


def kinds_of_variables(scope: ast.AST, names: dict[str, str]) -> dict[str, str]:
    """Which noun each variable of a scope holds, as far as annotations and assignments tell."""
    kinds: dict[str, str] = {}
    if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        for argument in [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]:
            if argument.annotation is not None:
                for name in ast.walk(argument.annotation):
                    if isinstance(name, ast.Name) and name.id in names:
                        kinds[argument.arg] = names[name.id]
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            words = dotted(node.value.func).split(".")
            single = (
                words[1:] in ([], ["objects", "get"], ["objects", "select_for_update", "get"]) or words[-1] == "first"
            )
            if words[0] in names and single:
                kinds |= {target.id: names[words[0]] for target in node.targets if isinstance(target, ast.Name)}
    return kinds


def written(call: ast.Call, names: dict[str, str], kinds: dict[str, str]) -> str | None:
    """The noun a call writes, or None."""
    words = dotted(call.func).split(".")
    if words[0] in names and "objects" in words[1:2] and words[-1] in MANAGER_WRITES:
        return names[words[0]]
    if len(words) == 2 and words[0] in kinds and words[1] in INSTANCE_WRITES:
        return kinds[words[0]]
    return None
