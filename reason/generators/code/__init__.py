"""Families of programming tasks: programs that are drawn, read, mended, tested and written."""
