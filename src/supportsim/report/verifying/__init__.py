"""What a verification says, on a terminal, as JSON, as Markdown, as HTML and in files."""
