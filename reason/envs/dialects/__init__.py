"""Dialects: ways of writing calls of tools and their results as text, one file each."""
