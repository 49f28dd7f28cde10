"""Communities, buildings, units, customers, ownership and the import of owner files."""
