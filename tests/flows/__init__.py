"""Stories across rooms, told against the whole program."""
