"""A record declared in a file: columns, rules, table, and bringing the database up to it."""
