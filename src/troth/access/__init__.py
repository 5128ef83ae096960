"""Which programs may call: bearer keys, each with the purposes it was given."""
