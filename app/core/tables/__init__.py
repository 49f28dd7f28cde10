"""A table of values as a page, a chart and an Excel file."""
