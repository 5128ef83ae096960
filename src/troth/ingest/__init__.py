"""The door for events and files: formats in, `gate.collect` out."""
