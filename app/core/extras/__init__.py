"""What a screen can have beside: actions, attachments, slips, months, warnings."""
