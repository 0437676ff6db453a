"""What of structure is arithmetic one may argue about, a module a subject."""
