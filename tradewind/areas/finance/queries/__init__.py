"""What one can see of money."""
