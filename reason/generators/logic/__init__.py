"""Satisfiability, proofs and rules."""
