"""Reports on the estate: who lives where, and what the files lack."""
