"""What finance does by itself."""
