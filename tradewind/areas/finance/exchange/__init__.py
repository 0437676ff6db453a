"""Files of finance in and out."""
