"""The collection desk: what a unit owes, what is given, and the search box."""
