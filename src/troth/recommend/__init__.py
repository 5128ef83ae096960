"""Suggestions that can be explained to the last digit and that forget exactly."""
