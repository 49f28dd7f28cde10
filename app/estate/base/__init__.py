"""Communities, buildings, units, customers and who lived where when."""
