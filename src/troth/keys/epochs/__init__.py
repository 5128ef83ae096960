"""Epochs of keys: ending them, and renewing the master key."""
