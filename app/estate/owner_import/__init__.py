"""The way of an owner file from upload over preview to stored rows, and back."""
