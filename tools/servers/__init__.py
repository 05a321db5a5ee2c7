"""Real databases for tests, benches and proofs: started from wheels, on loopback, without root's rights."""
