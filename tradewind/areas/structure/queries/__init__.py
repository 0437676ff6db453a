"""What one can see of people, teams, goals, charters and plans."""
