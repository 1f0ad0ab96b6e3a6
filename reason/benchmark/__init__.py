"""Offline benchmarks: write tasks to files, score answers against them."""
