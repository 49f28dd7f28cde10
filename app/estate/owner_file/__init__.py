"""An office's own owner file, read into units and people."""
