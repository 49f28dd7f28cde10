"""Declared reports: parameters, page, workbook and command."""
