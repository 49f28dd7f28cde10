"""The base of every page: its rights check, its menu entry, error pages, uploads."""
