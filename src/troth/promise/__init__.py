"""The company's word, read from one file."""
