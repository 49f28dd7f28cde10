"""What stands on the path of every child process of the tests."""
