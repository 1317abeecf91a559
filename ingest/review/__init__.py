"""A custodian reads a sample of an extract's texts on their own machine, and marks what redaction missed.

Nothing of a text leaves the process that shows it: not to a file, not to a log, not into the marks.
"""
