"""Long proofs, run on demand: what the tests try by thousands, by the million."""
