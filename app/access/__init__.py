"""Users, roles, the permission matrix and the rules of login."""
