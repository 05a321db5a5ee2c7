"""The command `itsmkit`: each command parses, makes one call of the desk and prints."""

from itsmkit.cli.root import main

__all__ = ["main"]
