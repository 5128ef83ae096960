"""What must hold for a promise to be in force: one function per rule."""
