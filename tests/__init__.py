"""Rules of the house, stories across rooms, and pages in a real browser; a room's own tests live beside it."""
