"""Copies of an installation: made while it serves, verified, and put back so that nobody who left comes back."""
