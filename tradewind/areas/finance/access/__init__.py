"""Rights of finance and who starts with them, a module a subject."""
