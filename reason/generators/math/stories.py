"""Stories of word problems in four languages: what is counted where, and how relations are said."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LANGUAGES", "STORIES", "Language", "Story"]

NAMES = ("Bruno", "Carla", "David", "Greta", "Karim", "Lena", "Marta", "Peter", "Rosa", "Samir")
ZOOS = ("Lima", "Dakar", "Quito", "Bonn", "Porto Alegre", "Nairobi", "Toronto", "Malaga", "Bogota", "Tirana")
ROOMS = ("Darwin", "Curie", "Newton", "Kepler", "Gauss", "Noether", "Turing", "Pascal", "Fermat", "Hypatia")


@dataclass(frozen=True, kw_only=True)
class Story:
    """Things that can be counted, and places that they are at."""

    names: tuple[str, ...]
    """What tells the places apart."""
    places: dict[str, str]
    """By language: a place, with its preposition and a slot for the name."""
    items: dict[str, tuple[str, ...]]
    """By language, in one order: plurals that follow a number as they are."""


@dataclass(frozen=True, kw_only=True)
class Language:
    """How relations are said; slots: ``a`` (what is told of), ``b``, ``c``, ``d``, and the number ``n``."""

    quantity: str
    """A quantity as a noun phrase."""
    facts: dict[str, tuple[str, ...]]
    """By operation, ways to tell it."""
    parts: dict[int, str]
    """Words for a half to a fifth."""
    question: tuple[str, ...]
    form: str
    """The form in which a solution is worked out."""


STORIES = (
    Story(
        names=NAMES,
        places={
            "en": "at {}'s stall",
            "de": "an {}s Stand",
            "es": "en el puesto de {}",
            "fr": "au stand de {}",
        },
        items={
            "en": ("apples", "pears", "plums", "lemons", "melons", "carrots", "tomatoes", "pumpkins"),
            "de": ("Äpfel", "Birnen", "Pflaumen", "Zitronen", "Melonen", "Karotten", "Tomaten", "Kürbisse"),
            "es": (
                *("manzanas", "peras", "ciruelas", "limones", "melones", "zanahorias", "tomates"),
                "calabazas",
            ),
            "fr": ("pommes", "poires", "prunes", "citrons", "melons", "carottes", "tomates", "citrouilles"),
        },
    ),
    Story(
        names=ZOOS,
        places={
            "en": "in the zoo of {}",
            "de": "im Zoo von {}",
            "es": "en el zoo de {}",
            "fr": "au zoo de {}",
        },
        items={
            "en": ("lions", "monkeys", "zebras", "pandas", "camels", "parrots", "turtles", "penguins"),
            "de": ("Löwen", "Affen", "Zebras", "Pandas", "Kamele", "Papageien", "Schildkröten", "Pinguine"),
            "es": ("leones", "monos", "cebras", "pandas", "camellos", "loros", "tortugas", "pingüinos"),
            "fr": ("lions", "singes", "zèbres", "pandas", "chameaux", "perroquets", "tortues", "manchots"),
        },
    ),
    Story(
        names=ROOMS,
        places={
            "en": "in the {} room",
            "de": "im {}-Saal",
            "es": "en la sala {}",
            "fr": "dans la salle {}",
        },
        items={
            "en": (
                *("novels", "maps", "dictionaries", "comic books", "magazines", "biographies", "cookbooks"),
                "thrillers",
            ),
            "de": (
                *("Romane", "Landkarten", "Wörterbücher", "Comics", "Zeitschriften", "Biografien"),
                *("Kochbücher", "Krimis"),
            ),
            "es": (
                *("novelas", "mapas", "diccionarios", "cómics", "revistas", "biografías"),
                *("libros de cocina", "thrillers"),
            ),
            "fr": (
                *("romans", "cartes", "dictionnaires", "bandes dessinées", "revues", "biographies"),
                *("livres de cuisine", "thrillers"),
            ),
        },
    ),
    Story(
        names=NAMES,
        places={
            "en": "in {}'s box",
            "de": "in {}s Kiste",
            "es": "en la caja de {}",
            "fr": "dans la boîte de {}",
        },
        items={
            "en": ("screws", "nails", "bolts", "springs", "hooks", "marbles", "buttons", "beads"),
            "de": ("Schrauben", "Nägel", "Bolzen", "Federn", "Haken", "Murmeln", "Knöpfe", "Perlen"),
            "es": ("tornillos", "clavos", "pernos", "muelles", "ganchos", "canicas", "botones", "cuentas"),
            "fr": ("vis", "clous", "boulons", "ressorts", "crochets", "billes", "boutons", "perles"),
        },
    ),
)

ENGLISH = Language(
    quantity="the number of {a}",
    facts={
        "given": ("There are {n} {a}.", "The number of {a} is {n}."),
        "more": (
            "There are {n} more {a} than there are {b}.",
            "The number of {a} is {n} greater than the number of {b}.",
        ),
        "fewer": (
            "There are {n} fewer {a} than there are {b}.",
            "The number of {a} is {n} less than the number of {b}.",
        ),
        "times": ("There are {n} times as many {a} as {b}.",),
        "part": ("The number of {a} is {part} of the number of {b}.",),
        "sum": (
            "There are as many {a} as {b} and {c} together.",
            "The number of {a} is the sum of the number of {b} and the number of {c}.",
        ),
        "difference": ("The number of {b} minus the number of {c} is the number of {a}.",),
        "total": ("There are as many {a} as {b}, {c} and {d} altogether.",),
    },
    parts={2: "half", 3: "a third", 4: "a quarter", 5: "a fifth"},
    question=("How many {a} are there?", "What is the number of {a}?"),
    form=(
        "Before the answer, work in steps. Write one line for each quantity that the answer needs, "
        "given ones "
        "too: a label, the quantity, the calculation with the labels of earlier steps, the value. "
        "For example:\n"
        "s1: first quantity = 12\ns2: second quantity = s1 + 5 = 12 + 5 = 17"
    ),
)

GERMAN = Language(
    quantity="die Anzahl der {a}",
    facts={
        "given": ("Es gibt {n} {a}.", "Die Anzahl der {a} ist {n}."),
        "more": (
            "Es gibt {n} mehr {a} als {b}.",
            "Die Anzahl der {a} ist um {n} größer als die Anzahl der {b}.",
        ),
        "fewer": (
            "Es gibt {n} weniger {a} als {b}.",
            "Die Anzahl der {a} ist um {n} kleiner als die Anzahl der {b}.",
        ),
        "times": ("Es gibt {n}-mal so viele {a} wie {b}.",),
        "part": ("Die Anzahl der {a} ist {part} der Anzahl der {b}.",),
        "sum": (
            "Es gibt so viele {a} wie {b} und {c} zusammen.",
            "Die Anzahl der {a} ist die Summe aus der Anzahl der {b} und der Anzahl der {c}.",
        ),
        "difference": ("Die Anzahl der {b} minus die Anzahl der {c} ist die Anzahl der {a}.",),
        "total": ("Es gibt so viele {a} wie {b}, {c} und {d} insgesamt.",),
    },
    parts={2: "die Hälfte", 3: "ein Drittel", 4: "ein Viertel", 5: "ein Fünftel"},
    question=("Wie viele {a} gibt es?", "Wie groß ist die Anzahl der {a}?"),
    form=(
        "Rechne vor der Antwort in Schritten. Schreibe eine Zeile für jede Größe, die für die "
        "Antwort gebraucht "
        "wird, auch für gegebene: ein Kürzel, die Größe, die Rechnung mit den Kürzeln früherer Schritte, den "
        "Wert. Zum Beispiel:\ns1: erste Größe = 12\ns2: zweite Größe = s1 + 5 = 12 + 5 = 17"
    ),
)

SPANISH = Language(
    quantity="el número de {a}",
    facts={
        "given": ("Hay {n} {a}.", "El número de {a} es {n}."),
        "more": (
            "El número de {a} supera en {n} al número de {b}.",
            "El número de {a} es {n} más que el número de {b}.",
        ),
        "fewer": ("El número de {a} es {n} menos que el número de {b}.",),
        "times": ("El número de {a} es {n} veces el número de {b}.",),
        "part": ("El número de {a} es {part} del número de {b}.",),
        "sum": ("El número de {a} es la suma del número de {b} y el número de {c}.",),
        "difference": ("El número de {b} menos el número de {c} es el número de {a}.",),
        "total": ("El número de {a} es el total de {b}, {c} y {d}.",),
    },
    parts={2: "la mitad", 3: "un tercio", 4: "un cuarto", 5: "un quinto"},
    question=("¿Cuál es el número de {a}?",),
    form=(
        "Antes de la respuesta, trabaja paso a paso. Escribe una línea por cada cantidad que la respuesta "
        "necesita, también las dadas: una etiqueta, la cantidad, el cálculo con las etiquetas de pasos "
        "anteriores, el valor. Por ejemplo:\ns1: primera cantidad = 12\ns2: segunda cantidad = s1 "
        "+ 5 = 12 + 5 = 17"
    ),
)

FRENCH = Language(
    quantity="le nombre de {a}",
    facts={
        "given": ("Il y a {n} {a}.", "Le nombre de {a} est {n}."),
        "more": (
            "Le nombre de {a} dépasse de {n} le nombre de {b}.",
            "Il y a {n} {a} de plus que de {b}.",
        ),
        "fewer": ("Il y a {n} {a} de moins que de {b}.",),
        "times": ("Le nombre de {a} est égal à {n} fois le nombre de {b}.",),
        "part": ("Le nombre de {a} est {part} du nombre de {b}.",),
        "sum": ("Le nombre de {a} est la somme du nombre de {b} et du nombre de {c}.",),
        "difference": ("Le nombre de {b} moins le nombre de {c} est le nombre de {a}.",),
        "total": ("Le nombre de {a} est le total des {b}, des {c} et des {d}.",),
    },
    parts={2: "la moitié", 3: "le tiers", 4: "le quart", 5: "le cinquième"},
    question=("Quel est le nombre de {a} ?",),
    form=(
        "Avant la réponse, travaille par étapes. Écris une ligne pour chaque quantité dont la "
        "réponse a besoin, "
        "données comprises : une étiquette, la quantité, le calcul avec les étiquettes d'étapes "
        "antérieures, la "
        "valeur. Par exemple :\ns1: première quantité = 12\ns2: deuxième quantité = s1 + 5 = 12 + 5 = 17"
    ),
)

LANGUAGES = {"en": ENGLISH, "de": GERMAN, "es": SPANISH, "fr": FRENCH}
