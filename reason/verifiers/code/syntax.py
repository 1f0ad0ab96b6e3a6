"""Python's own parser, for many threads."""

from __future__ import annotations

import threading

__all__ = ["PARSER"]

PARSER = threading.Lock()
"""Held while ``ast`` parses.

CPython 3.11 counts the depth of the tree that it builds where all threads see it, so that two of them at
once can end in a ``SystemError`` (python/cpython, issue 106905).
"""
