"""The command line: one module a command; what is heavy is imported only by the command that needs it."""
