"""Families of tasks: one file each, in a folder a domain. The registry finds them; nothing is listed here."""
