"""An analysis as something to read, pass on and load: one schema, one report object, one file a format."""
