"""Room numbers: how they are written, read, found and changed."""
