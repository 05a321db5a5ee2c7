"""Proofs that are too long for every day: run on demand, with the seed and the counts printed."""
