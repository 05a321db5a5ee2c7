"""Proofs that take longer than a test may: by seed, printed with what they found."""
