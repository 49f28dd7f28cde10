"""Import batches and their undo; rows of a sheet into a record screen."""
