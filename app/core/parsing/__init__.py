"""What people type or write in a cell, read as a value or told as a doubt."""
