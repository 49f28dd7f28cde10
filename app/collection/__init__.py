"""What is chased: arrears and reminders."""
