"""Families whose answers stand in pages that must be searched."""
