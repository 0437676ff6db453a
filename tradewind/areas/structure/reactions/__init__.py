"""What structure does when something else happened."""
