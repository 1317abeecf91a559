"""What one cell of a column can be, told by check characters, shapes and lists: no model is loaded.

A cell says little; `anonymise.undeclared` and `anonymise.columns` weigh the cells of a column together.
"""
