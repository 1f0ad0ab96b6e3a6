"""Checkers that know no family: they judge an answer from plain data and trust nothing that drew it."""
