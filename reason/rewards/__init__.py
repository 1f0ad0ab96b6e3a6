"""Rewards of published recipes as pure functions, one file each."""
