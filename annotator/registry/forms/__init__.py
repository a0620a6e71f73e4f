"""The forms in which IANA publishes its registry, and how each is recognised by its content.

Every form is read to the same :class:`~annotator.registry.forms.common.Imported`: records in IANA's order,
white space normalised, and what was odd.
"""
