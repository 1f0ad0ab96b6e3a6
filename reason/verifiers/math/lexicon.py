"""What the words, signs and commands of an answer mean: tables for the lexer."""

from __future__ import annotations

import re

__all__ = [
    "CALLABLE",
    "COMMANDS",
    "CONSTANTS",
    "FUNCTIONS",
    "GREEK",
    "SEPARATORS",
    "STOP_WORDS",
    "SYMBOLS",
]

FUNCTIONS = {
    name: name
    for name in re.findall(
        r"\S+",
        """
    sin cos tan cot sec csc sinh cosh tanh coth sech csch ln log exp gcd lcm max min sgn sign arg
    det Re Im floor ceil abs gamma factorial binomial re im arcsin arccos arctan arccot arcsec
    arccsc arcsinh arccosh arctanh dim rank tr deg
""",
    )
} | {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "cosec": "csc",
    "ctg": "cot",
    "cotg": "cot",
    "tg": "tan",
    "arctg": "arctan",
    "lg": "lg",
    "log10": "lg",
    "log2": "lb",
    "ceiling": "ceil",
    "Abs": "abs",
    "Max": "max",
    "Min": "min",
    "comb": "binomial",
    "Gamma": "gamma",
}

CONSTANTS = {
    "pi": "pi",
    "e": "e",
    "i": "i",
    "infty": "oo",
    "infinity": "oo",
    "Infinity": "oo",
    "oo": "oo",
    "inf": "oo",
    "emptyset": "empty",
    "varnothing": "empty",
    "imath": "i",
}

GREEK = frozenset(
    re.findall(
        r"\S+",
        """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho
    sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi
    Omega ell hbar partial nabla
""",
    )
)

CALLABLE = frozenset([*"fghpquvxyCEFGHPQRSTW", "phi", "varphi"])
"""Names that a bracket makes functions, unless they are seen without one."""

SEPARATORS = {
    "and": "and",
    "or": "or",
    "and/or": "or",
    "; and": "and",
    ", and": "and",
    ", or": "or",
}

STOP_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
    is the of to in are no yes odd all any for not per day men cat dog as at by be it we so if do an
    on up out was has had one two six ten who how she he her his its our can may way new old red boy
    car box pen top
""",
    )
)

_RELATIONS = {
    "le": "<=",
    "leq": "<=",
    "leqslant": "<=",
    "ge": ">=",
    "geq": ">=",
    "geqslant": ">=",
    "lt": "<",
    "gt": ">",
    "ne": "!=",
    "neq": "!=",
    "approx": "~",
    "simeq": "~",
    "sim": "~",
    "cong": "~",
    "doteq": "~",
    "equiv": "==",
    "in": "in",
    "notin": "notin",
    "subset": "subset",
    "subseteq": "subset",
    "perp": "perp",
    "parallel": "par",
}

COMMANDS: dict[str, tuple[str, str]] = {
    "frac": ("FRAC", ""),
    "dfrac": ("FRAC", ""),
    "tfrac": ("FRAC", ""),
    "cfrac": ("FRAC", ""),
    "binom": ("BINOM", ""),
    "dbinom": ("BINOM", ""),
    "tbinom": ("BINOM", ""),
    "choose": ("CHOOSE", ""),
    "sqrt": ("SQRT", ""),
    "cdot": ("TIMES", ""),
    "times": ("TIMES", ""),
    "ast": ("TIMES", ""),
    "div": ("DIV", ""),
    "pm": ("PM", "+"),
    "mp": ("PM", "-"),
    "cup": ("SETOP", "cup"),
    "bigcup": ("SETOP", "cup"),
    "cap": ("SETOP", "cap"),
    "bigcap": ("SETOP", "cap"),
    "setminus": ("SETOP", "setminus"),
    "backslash": ("SETOP", "setminus"),
    "{": ("LC", "{"),
    "lbrace": ("LC", "{"),
    "}": ("RC", "\\}"),
    "rbrace": ("RC", "\\}"),
    "langle": ("LANGLE", "<"),
    "rangle": ("RANGLE", ">"),
    "lfloor": ("FLOORL", ""),
    "rfloor": ("FLOORR", ""),
    "lceil": ("CEILL", ""),
    "rceil": ("CEILR", ""),
    "lvert": ("BARL", ""),
    "rvert": ("BARR", ""),
    "%": ("PERCENT", ""),
    "circ": ("CIRC", ""),
    "degree": ("DEGREE", ""),
    "degrees": ("DEGREE", ""),
    "prime": ("PRIME", ""),
    "ldots": ("DOTS", ""),
    "dots": ("DOTS", ""),
    "cdots": ("DOTS", ""),
    "dotsc": ("DOTS", ""),
    "dotsb": ("DOTS", ""),
    "vdots": ("DOTS", ""),
    "ddots": ("DOTS", ""),
    "sum": ("BIGOP", "sum"),
    "prod": ("BIGOP", "prod"),
    "int": ("BIGOP", "int"),
    "lim": ("BIGOP", "lim"),
    "overline": ("OVERLINE", ""),
    "bar": ("OVERLINE", ""),
    "overrightarrow": ("MARK", ""),
    "vec": ("MARK", ""),
    "hat": ("MARK", ""),
    "dot": ("MARK", ""),
    "angle": ("MARK", ""),
    "triangle": ("MARK", ""),
    "boldsymbol": ("MARK", ""),
    "bm": ("MARK", ""),
    "underline": ("MARK", ""),
    "land": ("SEP", "and"),
    "wedge": ("SEP", "and"),
    "lor": ("SEP", "or"),
    "vee": ("SEP", "or"),
    "to": ("REL", "to"),
    "rightarrow": ("REL", "to"),
    "Rightarrow": ("REL", "to"),
    "implies": ("REL", "to"),
    "pmod": ("MOD", ""),
    "bmod": ("MOD", ""),
    "mod": ("MOD", ""),
    "colon": ("COLON", ""),
    "vert": ("", ""),
    "|": ("", ""),
    "_": ("", ""),
    "#": ("", ""),
    "mathop": ("", ""),
    "strut": ("", ""),
    "boxed": ("", ""),
    "mid": ("SUCHTHAT", ""),
    "rm": ("", ""),
    "bf": ("", ""),
    "it": ("", ""),
} | {name: ("REL", sign) for name, sign in _RELATIONS.items()}
"""LaTeX commands: the token they are; the empty kind is nothing at all."""

SYMBOLS: dict[str, tuple[str, str]] = {
    "+": ("PLUS", "+"),
    "-": ("MINUS", "-"),
    "*": ("TIMES", ""),
    "/": ("DIV", ""),
    "^": ("POW", ""),
    "**": ("POW", ""),
    "_": ("SUB", ""),
    "!": ("FACT", ""),
    "%": ("PERCENT", ""),
    "'": ("PRIME", ""),
    ",": ("SEP", ","),
    ";": ("SEP", ";"),
    ":": ("COLON", ""),
    ".": ("", ""),
    "=": ("REL", "="),
    "==": ("REL", "="),
    ":=": ("REL", "="),
    "<": ("REL", "<"),
    ">": ("REL", ">"),
    "<=": ("REL", "<="),
    "=<": ("REL", "<="),
    ">=": ("REL", ">="),
    "!=": ("REL", "!="),
    "=>": ("REL", "to"),
    "->": ("REL", "to"),
    "percent": ("PERCENT", ""),
    "pct": ("PERCENT", ""),
    "percentage": ("PERCENT", ""),
    "degrees": ("DEGREE", ""),
    "degree": ("DEGREE", ""),
    "deg": ("DEGREE", ""),
    "sqrt": ("SQRT", ""),
    "cbrt": ("CBRT", ""),
    "union": ("SETOP", "cup"),
    "intersect": ("SETOP", "cap"),
    "in": ("REL", "in"),
    "undefined": ("TEXT", "undefined"),
    "base": ("BASE", ""),
    "mod": ("MOD", ""),
}
"""Signs and words: the token they are."""
