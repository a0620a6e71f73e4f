"""The race: tools run in turn on one capture, measured from outside."""
