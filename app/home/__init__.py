"""Each post's home page."""
