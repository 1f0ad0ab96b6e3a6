"""Gymnasium environments over every family: single-turn, retrying and vectorised."""
