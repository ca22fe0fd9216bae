"""Exams: score detente against references and print a table."""
