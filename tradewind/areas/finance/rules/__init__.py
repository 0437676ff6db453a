"""Pure arithmetic of finance."""
