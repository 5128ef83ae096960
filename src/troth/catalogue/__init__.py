"""What the shop sells: products and their titles. Nothing here is about a person."""
