"""Bytes to documents: one module a format. `read_inputs` is what the command line calls.

What cannot be read is yielded as an `InputError` in its place, so that the rest goes on.
"""

from detente.read.inputs import read_inputs

__all__ = ["read_inputs"]
