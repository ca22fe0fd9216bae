"""The version of the program, in one place (the model and the tables carry their own)."""

__version__ = "0.1.0"
