"""Choices: what a customer said to which words, and what that means now."""
