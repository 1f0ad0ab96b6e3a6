"""Hand-made records and calls: what each world does, and what it refuses."""

import pytest

import reason

BANK = {
    "1000": {"owner": "Ann", "kind": "checking", "balance": 50, "frozen": False},
    "2000": {"owner": "Ben", "kind": "savings", "balance": 0, "frozen": False},
    "3000": {"owner": "Ben", "kind": "checking", "balance": 9, "frozen": True},
}
EVENTS = {"Ann/Monday/9": {"hours": 2, "title": "tea"}, "Ben/Monday/12": {"hours": 1, "title": "run"}}
FILES = {"/a/": "folder", "/b/": "folder", "/a/x.txt": 10, "/a/y.log": 20, "/b/x.txt": 5}
GOODS = {
    "vase": {"colour": "red", "category": "lamp", "price": 40, "stock": 3},
    "mosi": {"colour": "red", "category": "lamp", "price": 25, "stock": 5},
    "TEN": {"off": 10, "unit": "percent", "least": 100},
    "cart/vase": 2,
}
DONE = [
    ("Bank", BANK, "transfer", ("1000", "2000", 50), {"1000": 0, "2000": 50}),
    ("Bank", BANK, "close", ("2000",), {"2000": None}),
    ("Bank", BANK, "freeze", ("1000",), {"1000": 50}),
    ("Bank", BANK, "balance", ("3000",), {}),
    ("Bank", BANK, "statement", ("3000",), {}),
    ("Bank", BANK, "find", ("Ben",), {}),
    ("Calendar", EVENTS, "book", ("Ann", "Monday", 8, 1, "walk"), {"Ann/Monday/8": "walk"}),
    ("Calendar", EVENTS, "book", ("Ann", "Monday", 11, 7, "walk"), {"Ann/Monday/11": "walk"}),
    ("Calendar", EVENTS, "move", ("Ann", "Monday", 9, 10), {"Ann/Monday/9": None, "Ann/Monday/10": "tea"}),
    ("Calendar", EVENTS, "cancel", ("Ben", "Monday", 12), {"Ben/Monday/12": None}),
    ("Calendar", EVENTS, "remind", ("Ben", "Monday", 12), {}),
    ("FileTree", FILES, "move", ("/a/y.log", "/b/y.log"), {"/a/y.log": None, "/b/y.log": 20}),
    ("FileTree", FILES, "copy", ("/a/y.log", "/a/z.log"), {"/a/z.log": 20}),
    ("FileTree", FILES, "delete", ("/b/x.txt",), {"/b/x.txt": None}),
    ("FileTree", FILES, "make", ("/c",), {"/c/": "folder"}),
    ("FileTree", FILES, "list", ("/",), {}),
    ("FileTree", FILES, "read", ("/a/x.txt",), {}),
    ("Shop", GOODS, "add", ("vase", 1), {"cart/vase": 3}),
    ("Shop", GOODS, "add", ("mosi", 5), {"cart/mosi": 5}),
    ("Shop", GOODS, "remove", ("vase", 2), {"cart/vase": None}),
    ("Shop", GOODS, "search", ("lamp",), {}),
    ("Shop", GOODS, "show_cart", (), {}),
    ("Shop", {**GOODS, "cart/mosi": 1}, "coupon", ("TEN",), {"coupon": "TEN"}),
]
REFUSED = [
    ("Bank", BANK, "transfer", ("1000", "2000", 51)),
    ("Bank", BANK, "transfer", ("1000", "2000", 0)),
    ("Bank", BANK, "transfer", ("1000", "2000", -5)),
    ("Bank", BANK, "transfer", ("1000", "1000", 5)),
    ("Bank", BANK, "transfer", ("1000", "3000", 5)),
    ("Bank", BANK, "transfer", ("3000", "1000", 5)),
    ("Bank", BANK, "transfer", ("1000", "9999", 5)),
    ("Bank", BANK, "close", ("1000",)),
    ("Bank", BANK, "close", ("3000",)),
    ("Bank", BANK, "freeze", ("3000",)),
    ("Bank", BANK, "balance", ("",)),
    ("Bank", BANK, "find", ("ann",)),
    ("Calendar", EVENTS, "book", ("Ann", "Monday", 8, 2, "walk")),
    ("Calendar", EVENTS, "book", ("Ann", "Monday", 10, 1, "walk")),
    ("Calendar", EVENTS, "book", ("Ann", "Monday", 17, 2, "walk")),
    ("Calendar", EVENTS, "book", ("Ann", "Monday", 7, 1, "walk")),
    ("Calendar", EVENTS, "book", ("Ann", "Monday", 12, 0, "walk")),
    ("Calendar", EVENTS, "book", ("Ann", "Sunday", 12, 1, "walk")),
    ("Calendar", EVENTS, "book", ("A/Monday/9", "Monday", 12, 1, "walk")),
    ("Calendar", EVENTS, "book", ("Ann", "Monday", 12, 1, "a b")),
    ("Calendar", EVENTS, "move", ("Ann", "Monday", 10, 12)),
    ("Calendar", EVENTS, "move", ("Ann", "Monday", 9, 17)),
    ("Calendar", EVENTS, "cancel", ("Ann", "Tuesday", 9)),
    ("FileTree", FILES, "move", ("/a/x.txt", "/b/x.txt")),
    ("FileTree", FILES, "move", ("/a/x.txt", "/c/x.txt")),
    ("FileTree", FILES, "move", ("/a/", "/b/q")),
    ("FileTree", FILES, "copy", ("/a/x.txt", "/b/")),
    ("FileTree", FILES, "copy", ("/a/x.txt", "/b")),
    ("FileTree", FILES, "copy", ("/a/x.txt", "/b/" + "n" * 300)),
    ("FileTree", FILES, "delete", ("/a/",)),
    ("FileTree", FILES, "delete", ("/a/none",)),
    ("FileTree", FILES, "make", ("/a/",)),
    ("FileTree", FILES, "make", ("/a/deeper/",)),
    ("FileTree", FILES, "make", ("",)),
    ("FileTree", FILES, "list", ("/c/",)),
    ("Shop", GOODS, "add", ("vase", 2)),
    ("Shop", GOODS, "add", ("vase", 0)),
    ("Shop", GOODS, "add", ("vase", -1)),
    ("Shop", GOODS, "add", ("TEN", 1)),
    ("Shop", GOODS, "add", ("cart/vase", 1)),
    ("Shop", GOODS, "remove", ("vase", 3)),
    ("Shop", GOODS, "remove", ("vase", -1)),
    ("Shop", GOODS, "remove", ("mosi", 1)),
    ("Shop", GOODS, "coupon", ("TEN",)),
    ("Shop", GOODS, "coupon", ("vase",)),
    ("Shop", GOODS, "watch", ("none",)),
    ("Shop", GOODS, "search", ("car",)),
]


def call(world, records, operation, values):
    family = reason.get(world)
    (declared,) = (each for each in family.operations if each.name == operation)
    arguments = dict(zip([each.name for each in declared.parameters], values, strict=True))
    return family.perform(records, operation, arguments)


def brief(record):
    if isinstance(record, dict):
        return record.get("title", record.get("balance"))
    return record


@pytest.mark.parametrize(("world", "records", "operation", "values", "changes"), DONE)
def test_what_calls_do(world, records, operation, values, changes):
    effect = call(world, records, operation, values)
    assert effect.valid
    assert effect.text
    assert {name: brief(record) for name, record in (effect.changes or {}).items()} == changes
    assert (operation in reason.get(world).reading) == (not changes)


@pytest.mark.parametrize(("world", "records", "operation", "values"), REFUSED)
def test_what_is_refused(world, records, operation, values):
    effect = call(world, records, operation, values)
    assert not effect.valid
    assert effect.text
    assert not effect.changes


def test_the_best_coupon_depends_on_the_cart():
    shop = reason.get("Shop")
    lines = [
        "product vase: red lamp, price 40, 3 in stock",
        "coupon TEN: 10 percent off from 0 coins on",
        "coupon FIVE: 5 coins off from 0 coins on",
        "coupon BIG: 90 coins off from 500 coins on",
        "in the cart: 1 of vase",
    ]
    best = "Choose the coupon that saves most on the cart as it is then."
    assert shop.plan(lines, [best])[-1] == ("coupon", {"code": "FIVE"})
    more = "Add as many more of vase as 95 coins buy and the stock allows."
    assert shop.plan(lines, [more, best]) == [
        ("add", {"product": "vase", "quantity": 2}),
        ("coupon", {"code": "TEN"}),
    ]


def test_an_earliest_common_hour():
    plan = reason.get("Calendar").plan(
        ["Ann, Monday 8 to 10: tea", "Ben, Monday 10 to 11: run"],
        ["Book walk for Ann and Ben together on Monday, 2 hours, as early as they are free."],
    )
    event = {"day": "Monday", "start": 11, "hours": 2, "title": "walk"}
    assert plan == [("book", {"person": name, **event}) for name in ("Ann", "Ben")]
