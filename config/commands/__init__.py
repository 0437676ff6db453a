"""The subcommands of `tradewind`, one module each: `add(parser)` declares its words, `run(args)` does the work."""
