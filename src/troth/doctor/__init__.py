"""Examines a whole installation and says what to do."""
