"""Who is who: the company's ids, kept as keyed hashes, and the suppression of those who left."""
