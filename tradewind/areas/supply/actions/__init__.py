"""What one can do in supply, a module a subject."""
