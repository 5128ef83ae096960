"""The only home of randomness and keys: who wraps them, where they lie, sealing and opening."""
