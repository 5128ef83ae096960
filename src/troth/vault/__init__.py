"""Customers' items, sealed. Only the gate opens it."""
