"""Writing that hides what it says: letters of other alphabets, encodings, letters set apart.

A text is searched as it stands, and again as it reads without its disguise; what is found there is masked in the text
as it stands, so that nothing else of it changes.
"""
