"""The whole board as a CSV file, out and in."""
