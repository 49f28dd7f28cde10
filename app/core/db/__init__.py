"""The engine, column types, the mechanism's own tables, numbers without gaps, the audit trail."""
