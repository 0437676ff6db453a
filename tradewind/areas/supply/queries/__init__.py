"""What one can see in supply, a module a subject."""
