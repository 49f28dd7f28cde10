"""Reports on what is charged and received."""
