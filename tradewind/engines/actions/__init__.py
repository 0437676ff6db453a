"""Actions: the only way to write, and the record of what was done (audit trail and outbox in one)."""
