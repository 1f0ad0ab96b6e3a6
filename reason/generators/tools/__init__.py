"""Function calling: worlds with state that are worked through generated functions."""
