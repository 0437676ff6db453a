"""How finance knows that its practices are kept, a module a subject."""
