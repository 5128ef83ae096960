"""The customer's own pages: what is known, their choices, why a suggestion, leaving."""
