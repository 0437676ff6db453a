"""The numbers of finance."""
