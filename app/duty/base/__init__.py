"""Who owes a daily log, its tables, facts, problems and words."""
