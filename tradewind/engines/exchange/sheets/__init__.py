"""Tables that are no orders: a room declares a sheet, and gets columns, a dry run, refusals by line, batches, page, API and command."""
