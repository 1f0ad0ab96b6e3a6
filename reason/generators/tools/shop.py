"""A shop: filling a cart by rule, counting what a budget buys, and choosing the best coupon."""

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

__all__ = ["Shop"]

COLOURS = ("red", "blue", "green", "black")
CATEGORIES = ("lamp", "chair", "bag", "clock")
CART, COUPON = "cart", "coupon"
_PRODUCT = Parameter(
    name="product", spellings=("product", "item", "article"), description="Name of a product."
)
_QUANTITY = Parameter(
    name="quantity",
    spellings=("quantity", "count", "pieces"),
    kind="integer",
    description="How many pieces.",
)
_PRODUCT_LINE = re.compile(r"product (\w+): (\w+) (\w+), price (\d+), (\d+) in stock")
_COUPON_LINE = re.compile(r"coupon (\w+): (\d+) (percent|coins) off from (\d+) coins on")


@register
class Shop(ToolWorld):
    """Fill a shop's cart by function calls: cheapest products, budgets, changes, and the best coupon."""

    id = "Shop-v0"
    introduction = (
        "You shop for a customer. Prices are in whole coins; no more pieces of a product can be in the cart "
        "than are in stock. A coupon of n percent takes n percent off the total, rounded down to whole coins."
    )
    reading = frozenset(("search", "show_cart", "watch"))
    operations = (
        Operation(
            name="search",
            spellings=("search_products", "find_products", "browse"),
            description="List the products of a category.",
            parameters=(
                Parameter(
                    name="category",
                    spellings=("category", "kind", "department"),
                    description="Such as lamp.",
                ),
            ),
        ),
        Operation(
            name="show_cart",
            spellings=("show_cart", "view_cart", "list_cart"),
            description="Show the cart, its total and the coupons on offer.",
        ),
        Operation(
            name="add",
            spellings=("add_to_cart", "put_in_cart", "take_product"),
            description="Put pieces of a product into the cart, beside those that are in it.",
            parameters=(_PRODUCT, _QUANTITY),
        ),
        Operation(
            name="remove",
            spellings=("remove_from_cart", "drop_product", "take_out_of_cart"),
            description="Take pieces of a product out of the cart.",
            parameters=(_PRODUCT, _QUANTITY),
        ),
        Operation(
            name="coupon",
            spellings=("apply_coupon", "use_coupon", "redeem_coupon"),
            description="Choose the coupon of the cart, in place of any other.",
            parameters=(
                Parameter(name="code", spellings=("code", "coupon", "coupon_code"), description="Its code."),
            ),
        ),
        Operation(
            name="watch",
            spellings=("watch_product", "subscribe_to_product", "request_stock_alert"),
            description="Have the customer told when a product's stock changes.",
            parameters=(_PRODUCT,),
        ),
    )

    def draw(self, rng: Random, config: WorldConfig) -> Ticket | None:
        """Draw products, coupons and a cart, and requests that make sense at that moment."""
        words = draw_names(rng, config.size + 3, num_syllables=3)
        records: dict[str, Any] = {
            word: {
                "colour": rng.choice(COLOURS),
                "category": rng.choice(CATEGORIES),
                "price": rng.randint(5, 200),
                "stock": rng.randint(2, 20),
            }
            for word in words[3:]
        }
        for word in words[:3]:
            percent = rng.random() < 0.5
            off = rng.randint(3, 30) if percent else rng.randint(5, 60)
            unit, least = "percent" if percent else "coins", 10 * rng.randint(0, 60)
            records[word.upper()] = {"off": off, "unit": unit, "least": least}
        for word in rng.sample(words[3:], min(3, config.size)):
            records[f"{CART}/{word}"] = rng.randint(1, records[word]["stock"])
        final = config.num_requests - 1
        return self.fill(
            records, config.num_requests, lambda now, number: self._request(rng, now, last=number == final)
        )

    def _request(self, rng: Random, now: Records, *, last: bool) -> tuple[str, list[Call]]:
        """Return a request and its call; none where it cannot be asked now."""
        products = {name: record for name, record in now.items() if _is_product(record)}
        name = rng.choice(list(products))
        chosen, inside = products[name], now.get(f"{CART}/{name}", 0)
        left = chosen["stock"] - inside
        kind = rng.choice(
            ("cheapest", "cheapest", "budget", "remove", "set", "watch", *["best"] * (2 * last))
        )
        if kind == "cheapest":
            alike = [
                (record["price"], other)
                for other, record in products.items()
                if (record["colour"], record["category"]) == (chosen["colour"], chosen["category"])
            ]
            price, cheapest = min(alike)
            room = products[cheapest]["stock"] - now.get(f"{CART}/{cheapest}", 0)
            if sum(price == other for other, _ in alike) > 1 or not room:
                return "", []
            count = rng.randint(1, room)
            text = f"Add {count} of the cheapest {chosen['colour']} {chosen['category']}."
            return text, [("add", {"product": cheapest, "quantity": count})]
        if kind == "budget" and left:
            budget = rng.randint(chosen["price"], chosen["price"] * (left + 2))
            text = f"Add as many more of {name} as {budget} coins buy and the stock allows."
            return text, [("add", {"product": name, "quantity": min(left, budget // chosen["price"])})]
        if kind == "remove" and inside:
            return f"Take all of {name} out.", [("remove", {"product": name, "quantity": inside})]
        if kind == "set" and inside:
            wanted = rng.randint(1, chosen["stock"])
            verb = "add" if wanted > inside else "remove"
            text = f"Leave exactly {wanted} of {name} in the cart."
            change = abs(wanted - inside)
            return text, [(verb, {"product": name, "quantity": change})] if change else []
        if kind == "watch" and f"{CART}/{name}" not in now:
            return f"Ask to be told when the stock of {name} changes.", [("watch", {"product": name})]
        if kind == "best":
            savings = sorted((_saving(now, code), code) for code in now if "off" in _as_mapping(now[code]))
            if savings[-1][0] > savings[-2][0]:
                text = "Choose the coupon that saves most on the cart as it is then."
                return text, [("coupon", {"code": savings[-1][1]})]
        return "", []

    def perform(self, records: Records, operation: str, arguments: Mapping[str, Any]) -> Effect:
        """Look at the shop, or change the cart."""
        if operation == "search":
            found = [
                self.describe(name, record)
                for name, record in records.items()
                if _is_product(record) and record["category"] == arguments["category"]
            ]
            listed = ", ".join(CATEGORIES)
            return Effect(text="\n".join(found)) if found else refusal(f"Nothing. Categories are {listed}.")
        if operation == "show_cart":
            lines = [
                self.describe(name, record) for name, record in records.items() if not _is_product(record)
            ]
            return Effect(text="\n".join([*lines, f"The total is {_total(records)} coins."]))
        if operation == "coupon":
            code = arguments["code"]
            if "off" not in _as_mapping(records.get(code)):
                return refusal("There is no such coupon.")
            if _total(records) < records[code]["least"]:
                return refusal("The cart's total is too small for that coupon.")
            return Effect(text="Chosen.", changes={COUPON: code})
        name = arguments["product"]
        if not _is_product(records.get(name)):
            return refusal("There is no such product.")
        if operation == "watch":
            return Effect(text="The customer will be told.")
        key, quantity = f"{CART}/{name}", arguments["quantity"]
        inside = records.get(key, 0)
        after = inside + quantity if operation == "add" else inside - quantity
        if quantity < 1 or not 0 <= after <= records[name]["stock"]:
            return refusal("That many pieces are not in stock, or not in the cart.")
        return Effect(text=f"{after} of {name} are in the cart.", changes={key: after or None})

    def describe(self, name: str, record: Any) -> str:
        """Write a product, a coupon, or a line of the cart."""
        if name == COUPON:
            return f"chosen coupon: {record}"
        if name.startswith(f"{CART}/"):
            return f"in the cart: {record} of {name.partition('/')[2]}"
        if "off" in record:
            return f"coupon {name}: {record['off']} {record['unit']} off from {record['least']} coins on"
        what = f"{record['colour']} {record['category']}"
        return f"product {name}: {what}, price {record['price']}, {record['stock']} in stock"

    def plan(self, lines: Sequence[str], requests: Sequence[str]) -> list[Call]:
        """Keep a price list and a cart of one's own."""
        text = "\n".join(lines)
        shelf = {found[0]: found for found in _PRODUCT_LINE.findall(text)}
        cart = {name: int(count) for count, name in re.findall(r"in the cart: (\d+) of (\w+)", text)}
        calls: list[Call] = []
        for request in requests:
            named = re.search(r"\bof (\w+) (?:as|out|in|changes)", request)
            name = named[1] if named else ""
            count = 0
            if request.startswith("Add as"):
                coins = int(re.findall(r"as (\d+) coins", request)[0])
                count = min(coins // int(shelf[name][3]), int(shelf[name][4]) - cart.get(name, 0))
            elif request.startswith("Add"):
                amount, colour, category = re.findall(r"Add (\d+) of the cheapest (\w+) (\w+)", request)[0]
                alike = [item for item in shelf.values() if item[1:3] == (colour, category)]
                name, count = sorted(alike, key=lambda item: int(item[3]))[0][0], int(amount)
            elif request.startswith("Take"):
                count = -cart[name]
            elif request.startswith("Leave"):
                count = int(re.findall(r"exactly (\d+)", request)[0]) - cart[name]
            elif request.startswith("Ask"):
                calls.append(("watch", {"product": name}))
            else:
                total = sum(int(shelf[item][3]) * pieces for item, pieces in cart.items())
                calls.append(("coupon", {"code": _best(_COUPON_LINE.findall(text), total)}))
            if count:
                cart[name] = cart.get(name, 0) + count
                verb = "add" if count > 0 else "remove"
                calls.append((verb, {"product": name, "quantity": abs(count)}))
        return calls


def _best(coupons: Sequence[tuple[str, str, str, str]], total: int) -> str:
    """Return the code of the coupon that saves most on a total."""
    saved = {
        code: total * int(off) // 100 if unit == "percent" else min(int(off), total)
        for code, off, unit, least in coupons
        if total >= int(least)
    }
    return max(saved, key=saved.__getitem__)


def _as_mapping(record: Any) -> Mapping[str, Any]:
    return record if isinstance(record, Mapping) else {}


def _is_product(record: Any) -> bool:
    return "price" in _as_mapping(record)


def _total(records: Records) -> int:
    inside = [
        (name.partition("/")[2], count) for name, count in records.items() if name.startswith(f"{CART}/")
    ]
    return sum(int(records[name]["price"]) * int(count) for name, count in inside)


def _saving(records: Records, code: str) -> int:
    """Return what a coupon takes off the cart as it is; -1 where it cannot be used."""
    coupon, total = records[code], _total(records)
    if total < coupon["least"]:
        return -1
    off = int(coupon["off"])
    return total * off // 100 if coupon["unit"] == "percent" else min(off, total)
