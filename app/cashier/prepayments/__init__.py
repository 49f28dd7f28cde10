"""Money paid ahead: whose it is, and the lists of it."""
