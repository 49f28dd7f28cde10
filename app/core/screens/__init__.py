"""Record screens: list, page, form, deletion, acts on many rows, export."""
