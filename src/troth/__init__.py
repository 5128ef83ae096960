"""Troth: be close to your customers because you keep your word."""
