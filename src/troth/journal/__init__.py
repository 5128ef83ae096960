"""What must never be undone, kept outside the main database and done again on an older copy of it."""
