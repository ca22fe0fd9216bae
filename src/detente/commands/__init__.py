"""The verbs of the command line, a module a verb or a family of them. Each has ``register(verbs)``, which adds it.

A module says what a verb takes and tells; what it does lies in the package that it calls. What several verbs share: their options
(`options`), the reports that they read (`reports`), the rows of a store that they choose (`filters`), what they tell while they work (`progress`).
"""
