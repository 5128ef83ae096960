"""What a customer asks of us, carried through every room: a choice, an erasure."""
