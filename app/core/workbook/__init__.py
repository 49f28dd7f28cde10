"""Opening a stranger's workbook in a process of its own."""
