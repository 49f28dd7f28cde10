"""Plain values: money, days, moments, formulas, and sentences that fail."""
