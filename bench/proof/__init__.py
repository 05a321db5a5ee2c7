"""Proofs that nothing is lost, doubled or torn: clients and servers killed, lines cut, disks full, writers racing.

`python -m bench.proof` runs them all in short and writes `PROOF.md`; `--long` runs them for hours.
"""
