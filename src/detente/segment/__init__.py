"""Document to sentences, and whether it is in a language that detente reads."""
