"""Daily logs and their review."""
