"""Files of structure in and out."""
