"""Runs that are known to learn, one file each: renderers and demonstrators that a configuration names."""
