"""A bank: transfers, statements, freezes and closings over the accounts of its clients."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from reason.generators.games.pseudo_words import draw_names
from reason.generators.tools.interface import Call, Operation, Parameter
from reason.generators.tools.ticket import Effect, Records, Ticket, WorldConfig, refusal
from reason.generators.tools.world import ToolWorld
from reason.registry import register

__all__ = ["Bank"]

KINDS = ("checking", "savings")
_ACCOUNT = Parameter(
    name="account",
    spellings=("account", "account_number", "account_id"),
    description="Number of an account.",
)
_LINE = re.compile(r"account (\d+): (\w+), (\w+), balance (\d+)")


@register
class Bank(ToolWorld):
    """Serve a bank's clients by function calls: transfers, exact balances, closings, statements."""

    id = "Bank-v0"
    introduction = "You serve the clients of a bank. Money is counted in whole coins."
    reading = frozenset(("balance", "find", "statement"))
    operations = (
        Operation(
            name="balance",
            spellings=("get_balance", "show_balance", "account_info"),
            description="Show owner, kind and balance of an account.",
            parameters=(_ACCOUNT,),
        ),
        Operation(
            name="find",
            spellings=("find_accounts", "list_accounts", "accounts_of"),
            description="List the accounts of a client.",
            parameters=(
                Parameter(
                    name="owner",
                    spellings=("owner", "client", "client_name"),
                    description="Name of a client.",
                ),
            ),
        ),
        Operation(
            name="transfer",
            spellings=("transfer", "send_money", "move_funds"),
            description="Move money from one account to another; refused beyond the balance.",
            parameters=(
                Parameter(
                    name="source",
                    spellings=("source", "from_account", "payer"),
                    description="Number of the account that pays.",
                ),
                Parameter(
                    name="target",
                    spellings=("target", "to_account", "payee"),
                    description="Number of the account that is paid.",
                ),
                Parameter(
                    name="amount",
                    spellings=("amount", "coins", "sum"),
                    kind="integer",
                    description="Coins, at least 1.",
                ),
            ),
        ),
        Operation(
            name="statement",
            spellings=("print_statement", "issue_statement", "mail_statement"),
            description="Print a statement of an account.",
            parameters=(_ACCOUNT,),
        ),
        Operation(
            name="freeze",
            spellings=("freeze_account", "block_account", "lock_account"),
            description="Freeze an account: nothing can be paid from it or to it any more.",
            parameters=(_ACCOUNT,),
        ),
        Operation(
            name="close",
            spellings=("close_account", "delete_account", "end_account"),
            description="Close an account; its balance must be 0.",
            parameters=(_ACCOUNT,),
        ),
    )

    def draw(self, rng: Random, config: WorldConfig) -> Ticket | None:
        """Draw accounts, and requests that the accounts allow at that moment."""
        owners = draw_names(rng, (config.size + 1) // 2, num_syllables=3)
        holdings = [(owner.capitalize(), kind) for owner in owners for kind in KINDS][: config.size]
        numbers = rng.sample(range(1_000, 10_000), config.size)
        records: dict[str, Any] = {
            str(number): {"owner": owner, "kind": kind, "balance": rng.randint(20, 900), "frozen": False}
            for number, (owner, kind) in sorted(zip(numbers, holdings, strict=True))
        }
        return self.fill(records, config.num_requests, lambda now, _: self._request(rng, now))

    def _request(self, rng: Random, now: Records) -> tuple[str, list[Call]]:
        """Return a request over two accounts and its calls; none where it cannot be asked now."""
        usable = [number for number, record in now.items() if not record["frozen"]]
        if len(usable) < 2:
            return "", []
        one, other = rng.sample(usable, 2)
        have, has = now[one]["balance"], now[other]["balance"]
        first, second = _named(now[one]), _named(now[other])
        transfer = {"source": one, "target": other}
        kind = rng.choice(("pay", "pay", "fill", "fill", "even", "empty", "statement", "freeze"))
        if kind == "pay" and have:
            amount = rng.randint(1, have)
            return f"Pay {amount} from {first} to {second}.", [("transfer", {**transfer, "amount": amount})]
        if kind == "fill" and have:
            amount = rng.randint(1, have)
            text = f"Bring {second} to a balance of exactly {has + amount} with money of {first}."
            return text, [("transfer", {**transfer, "amount": amount})]
        if kind == "even" and have > has and (have - has) % 2 == 0:
            text = f"Make the balances of {first} and {second} equal by one transfer between them."
            return text, [("transfer", {**transfer, "amount": (have - has) // 2})]
        if kind == "empty" and have and len(usable) > 3:
            text = f"Move all money of {first} to {second}, then close {first}."
            return text, [("transfer", {**transfer, "amount": have}), ("close", {"account": one})]
        if kind == "statement":
            return f"Print a statement of {first}.", [("statement", {"account": one})]
        if kind == "freeze" and len(usable) > 3:
            return f"Freeze {first}.", [("freeze", {"account": one})]
        return "", []

    def perform(self, records: Records, operation: str, arguments: Mapping[str, Any]) -> Effect:
        """Look at accounts, or change them."""
        if operation == "find":
            found = [name for name, record in records.items() if record["owner"] == arguments["owner"]]
            lines = [self.describe(name, records[name]) for name in found]
            return Effect(text="\n".join(lines)) if lines else refusal("There is no such client.")
        if operation == "transfer":
            return _transfer(records, **arguments)
        number = arguments["account"]
        record = records.get(number)
        if record is None:
            return refusal("There is no such account.")
        if operation == "freeze":
            if record["frozen"]:
                return refusal("It is frozen already.")
            return Effect(text="Frozen.", changes={number: {**record, "frozen": True}})
        if operation == "close":
            if record["balance"] or record["frozen"]:
                return refusal("Its balance is not 0, or it is frozen.")
            return Effect(text="Closed.", changes={number: None})
        shown = self.describe(number, record)
        return Effect(text=f"Printed: {shown}" if operation == "statement" else shown)

    def describe(self, name: str, record: Any) -> str:
        """Write number, owner, kind and balance."""
        frozen = ", frozen" if record["frozen"] else ""
        return f"account {name}: {record['owner']}, {record['kind']}, balance {record['balance']}{frozen}"

    def plan(self, lines: Sequence[str], requests: Sequence[str]) -> list[Call]:
        """Keep books of one's own, by owner and kind."""
        numbers: dict[str, str] = {}
        books: dict[str, int] = {}
        for line in lines:
            number, owner, kind, balance = _LINE.findall(line)[0]
            numbers[f"{owner}'s {kind} account"] = number
            books[number] = int(balance)
        calls: list[Call] = []

        def pay(source: str, target: str, amount: int) -> None:
            books[source] -= amount
            books[target] += amount
            calls.append(("transfer", {"source": source, "target": target, "amount": amount}))

        for request in requests:
            named = [numbers[text] for text in re.findall(r"\w+'s \w+ account", request)]
            if request.startswith("Pay"):
                pay(named[0], named[1], int(request.split()[1]))
            elif request.startswith("Bring"):
                wanted = int(re.findall(r"exactly (\d+)", request)[0])
                pay(named[1], named[0], wanted - books[named[0]])
            elif request.startswith("Make"):
                rich, poor = sorted(named, key=lambda number: -books[number])
                pay(rich, poor, (books[rich] - books[poor]) // 2)
            elif request.startswith("Move"):
                pay(named[0], named[1], books[named[0]])
                calls.append(("close", {"account": named[0]}))
            else:
                verb = "freeze" if request.startswith("Freeze") else "statement"
                calls.append((verb, {"account": named[0]}))
        return calls


def _named(record: Mapping[str, Any]) -> str:
    return f"{record['owner']}'s {record['kind']} account"


def _transfer(records: Records, source: str, target: str, amount: int) -> Effect:
    if source not in records or target not in records:
        return refusal("There is no such account.")
    payer, payee = records[source], records[target]
    if source == target or payer["frozen"] or payee["frozen"]:
        return refusal("These accounts cannot be used for a transfer.")
    if not 1 <= amount <= payer["balance"]:
        return refusal("The amount is not at least 1 and at most the balance.")
    return Effect(
        text="Transferred.",
        changes={
            source: {**payer, "balance": payer["balance"] - amount},
            target: {**payee, "balance": payee["balance"] + amount},
        },
    )
