"""What ``samples/record.py`` is made of: hosts, servers, clients, capture points and the truth table."""
