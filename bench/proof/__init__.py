"""Proofs that take their time: each is one file, started by hand."""
