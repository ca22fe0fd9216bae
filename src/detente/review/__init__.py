"""The review desk: which events want a reader, the terminal where they are read, what readers agree on, and what the model may learn."""
