"""Writing the daily log."""
