"""Who may do what: rules, pages and login."""
