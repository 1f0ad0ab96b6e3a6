"""Engines that sample from a policy, token in and token out."""
