"""The states of a record and the steps between them."""
