"""What structure does by itself."""
