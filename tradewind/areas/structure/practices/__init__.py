"""How structure knows that its eight practices are kept."""
