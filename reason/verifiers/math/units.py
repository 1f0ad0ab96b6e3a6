"""Units of measure and currencies: what they measure, and how much of the base unit they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["CURRENCIES", "UNITS", "Unit", "read_unit"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of base units, times a factor."""

    dimension: tuple[tuple[str, int], ...]
    """Base units and their exponents, sorted."""
    factor: Fraction

    def times(self, other: Unit, power: int = 1) -> Unit:
        """Multiply by a power of another unit."""
        exponents = dict(self.dimension)
        for base, exponent in other.dimension:
            exponents[base] = exponents.get(base, 0) + power * exponent
        kept = tuple(sorted((base, exponent) for base, exponent in exponents.items() if exponent))
        return Unit(kept, self.factor * other.factor**power)


_TABLE = """
m=m meter meters metre metres | mm=m/1000 millimeter millimeters millimetre millimetres
cm=m/100 centimeter centimeters centimetre centimetres | dm=m/10 decimeter decimeters decimetre decimetres
km=1000m kilometer kilometers kilometre kilometres | nm=m/1000000000 nanometer nanometers
in=127m/5000 inch inches | ft=381m/1250 foot feet | yd=1143m/1250 yard yards yds
mi=201168m/125 mile miles
s=s sec secs second seconds | ms=s/1000 millisecond milliseconds | min=60s mins minute minutes
h=3600s hr hrs hour hours | day=86400s days | week=604800s weeks
month=month months | year=year years yr yrs
g=g gram grams | kg=1000g kilogram kilograms kilo kilos | mg=g/1000 milligram milligrams
t=1000000g tonne tonnes | lb=45359237g/100000 lbs pound pounds
oz=45359237g/1600000 ounce ounces | ton=ton tons
L=m3/1000 l liter liters litre litres | mL=m3/1000000 ml milliliter milliliters millilitre millilitres
cL=m3/100000 cl centiliter centiliters | gal=gal gallon gallons | qt=gal/4 quart quarts
pt=gal/8 pint pints | cup=gal/16 cups
N=1000gm/s2 newton newtons | J=1000gm2/s2 joule joules | W=1000gm2/s3 watt watts
kJ=1000000gm2/s2 kilojoule kilojoules | kW=1000000gm2/s3 kilowatt kilowatts | Pa=1000g/m/s2 pascal pascals
kN=1000000gm/s2 | Hz=/s hertz | kHz=1000/s | MHz=1000000/s | GHz=1000000000/s
K=K kelvin kelvins | C=C coulomb coulombs | A=A ampere amperes amp amps | V=V volt volts
ohm=ohm ohms | mol=mol mole moles | F=F farad farads | T=T tesla teslas
rad=1 radian radians | unit=1 units | ha=10000m2 hectare hectares | acre=acre acres
byte=byte bytes | bit=bit bits
dollar=USD dollars usd buck bucks | cent=USD/100 cents | euro=EUR euros eur
yuan=CNY rmb cny | rupee=INR rupees rs | yen=JPY jpy | ruble=RUB rubles | peso=peso pesos
gbp=GBP
"""
_ITEM = re.compile(
    r"(/?)(month|year|USD|EUR|CNY|INR|JPY|RUB|peso|GBP|gal|ton|ohm|mol|acre|byte|bit|[A-Za-z])(\d?)"
)


def _define(formula: str) -> Unit:
    digits = re.match(r"\d*", formula)
    head = digits[0] if digits else ""
    unit = Unit((), Fraction(int(head or 1)))
    for slash, base, power in _ITEM.findall(formula[len(head) :]):
        exponent = int(power or 1) * (-1 if slash else 1)
        unit = unit.times(Unit(((base, 1),), Fraction(1)), exponent)
    for number in re.findall(r"/(\d+)", formula):
        unit = Unit(unit.dimension, unit.factor / int(number))
    return unit


UNITS: dict[str, Unit] = {}
"""Every spelling of a unit, as it is written in an answer."""
for _entry in _TABLE.replace("\n", "|").split("|"):
    if _entry.strip():
        _short, _, _rest = _entry.strip().partition("=")
        _formula, *_names = _rest.split()
        for _name in (_short, *_names):
            UNITS[_name] = _define(_formula)
UNITS["kmh"] = UNITS["kph"] = Unit((("m", 1), ("s", -1)), Fraction(5, 18))
UNITS["mph"] = Unit((("m", 1), ("s", -1)), Fraction(1397, 3125))

CURRENCIES = {"$": "dollar", "€": "euro", "£": "gbp", "¥": "yen", "₹": "rupee", "¢": "cent", "₽": "ruble"}
"""Signs of money and the units they stand for."""

_FACTOR = re.compile(r"(?P<name>[A-Za-z]+)(?:\^(?P<power>-?\d))?")
_PREFIXES = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}


def read_unit(text: str) -> Unit | None:
    """Read a compound such as ``cm^2``, ``km / h``, ``square feet`` or ``miles per hour``.

    Args:
        text: Names of units, ``^``, ``/``, ``*``, ``per`` and spaces.

    Returns:
        The unit, or None where a part is unknown.
    """
    unit = Unit((), Fraction(1))
    sign, prefix, names = 1, 1, 0
    for word in re.findall(r"[A-Za-z]+(?:\^-?\d)?|/", text):
        if word in ("/", "per"):
            sign = -1
            continue
        if word.lower() in _PREFIXES:
            prefix = _PREFIXES[word.lower()]
            continue
        factor = _FACTOR.fullmatch(word)
        if factor is None:
            return None
        base = UNITS.get(factor["name"]) or UNITS.get(factor["name"].lower())
        if base is None:
            return None
        unit = unit.times(base, sign * prefix * int(factor["power"] or 1))
        sign, prefix, names = 1, 1, names + 1
    return unit if names else None
