"""Which records a user may see: data scope, rights, own rows, private values, counts."""
