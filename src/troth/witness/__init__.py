"""A witness of logs (c2sp.org/tlog-witness): it sees that a log only grows, and says so with its signature."""
