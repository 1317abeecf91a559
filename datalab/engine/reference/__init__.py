"""The reference engine: what a plan means, in memory, in readable Python. Every other engine agrees with it exactly.

`joins` says which rows there are, `derived` what is worked out of them, `bounding` what of them counts.
"""

from datalab.engine.reference.engine import ReferenceEngine

__all__ = ["ReferenceEngine"]
