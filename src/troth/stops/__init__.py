"""What is stopped, for one customer or for everybody: recorded, dated, shown."""
