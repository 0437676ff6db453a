"""What finance does when another room acts."""
