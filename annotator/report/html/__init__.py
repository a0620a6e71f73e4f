"""The report as a page: what it shows, and the template, script, style and libraries that show it."""
