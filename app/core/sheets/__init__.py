"""Finding the lists in an office's own sheet and answering for every cell of it."""
