"""What structure tells people and asks of them."""
