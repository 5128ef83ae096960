"""From entries that are committed to a checkpoint that is signed: tiles, the map of heads, and what is on record."""
