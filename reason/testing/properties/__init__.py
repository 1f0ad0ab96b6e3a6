"""The properties of a family, by topic: a function put here under ``@check`` is found."""
