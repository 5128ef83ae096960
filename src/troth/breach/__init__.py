"""Whose data is exposed, and which: after a theft of keys or copies, or when somebody here looked who should not."""
