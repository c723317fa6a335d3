"""A day of one replication: live in the terminal, as text, and as a trace."""
