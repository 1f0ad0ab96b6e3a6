import pytest

from reason.envs.json_schema import complaint
from reason.frozen import freeze

SCHEMA = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 5},
        "count": {"type": "integer", "minimum": 0, "maximum": 10},
        "share": {"type": "number"},
        "kind": {"enum": ["a", 1, None]},
        "either": {"type": ["string", "null"]},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        "inner": {"type": "object", "properties": {"deep": {"type": "boolean"}}, "required": ["deep"]},
        "free": {"type": "object"},
        "open": {"type": "object", "properties": {"x": {"type": "null"}}, "additionalProperties": True},
    },
}


@pytest.mark.parametrize(
    "extra",
    [
        {}, {"count": 0}, {"count": 10}, {"count": 3.0}, {"share": 3}, {"share": 0.5}, {"kind": 1},
        {"kind": None}, {"either": None}, {"tags": []}, {"tags": ["x", "y"]}, {"inner": {"deep": False}},
        {"free": {"any": [1]}}, {"open": {"x": None, "y": 1}},
    ],
)  # fmt: skip
def test_what_fits_is_let_through(extra):
    assert complaint(freeze(SCHEMA), freeze({"name": "n", **extra})) == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "name is missing"),
        ({"name": ""}, "name must be at least 1 characters"),
        ({"name": "longer"}, "name must be at most 5 characters"),
        ({"name": 3}, "name must be of type string"),
        ({"count": True}, "count must be of type integer"),
        ({"count": 3.5}, "count must be of type integer"),
        ({"count": -1}, "count must be at least 0"),
        ({"count": 10**400}, "count must be at most 10"),
        ({"share": "1"}, "share must be of type number"),
        ({"kind": True}, "kind must be one of 'a', 1, None"),
        ({"either": 1}, "either must be of type string or null"),
        ({"tags": "x"}, "tags must be of type array"),
        ({"tags": ["x", 1]}, "tags[1] must be of type string"),
        ({"tags": ["x"] * 3}, "tags must be at most 2 entries"),
        ({"inner": {}}, "inner.deep is missing"),
        ({"inner": {"deep": 0}}, "inner.deep must be of type boolean"),
        ({"inner": {"deep": True, "x": 1}}, "there is no argument 'inner.x' (there are: deep)"),
        ({"nmae": 1}, "there is no argument 'nmae'"),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(arguments, told):
    given = arguments if not arguments or "name" in arguments else {"name": "n", **arguments}
    assert complaint(freeze(SCHEMA), freeze(given)).startswith(told)


def test_arguments_that_are_no_object_are_told():
    assert complaint(SCHEMA, [1]) == "arguments must be of type object"
