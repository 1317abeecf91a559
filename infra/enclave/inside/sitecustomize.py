"""Let Python find the project's packages, behind its own and the lab's: they add modules and replace none.

Runs at every start of Python that heeds PYTHONPATH (`site` of the standard library).
"""

import sys

ADDED = "/opt/datalab/packages"

if ADDED not in sys.path:
    sys.path.append(ADDED)
