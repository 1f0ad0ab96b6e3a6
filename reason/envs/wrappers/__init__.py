"""Wrappers: what a policy sees and how long it may go on, changed around any environment."""
