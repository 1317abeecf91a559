"""Plans: a question compiled to bounded integer cells and the noise each vector needs, without touching data.

A plan says which rows are read, how each unit's contribution is bounded, which cells the answer has (a fixed public
list), and for every noisy part its sensitivity and its share of the budget. Engines compute exactly what a plan says;
`Noise` noises exactly what it says.
"""

from datalab.privacy.plan.discovery import Discovery
from datalab.privacy.plan.figure import Figure, FigureKind
from datalab.privacy.plan.key import Bin, Key
from datalab.privacy.plan.part import Flag, Part, PartKind, Value
from datalab.privacy.plan.ports import Engine, Noise
from datalab.privacy.plan.price import PartPrice, Price
from datalab.privacy.plan.search import Search
from datalab.privacy.plan.source import DerivedColumn, Link, Source, SourceColumn
from datalab.privacy.plan.whole import Cells, Plan, PlanTable

__all__ = [
    "Bin",
    "Cells",
    "DerivedColumn",
    "Discovery",
    "Engine",
    "Figure",
    "FigureKind",
    "Flag",
    "Key",
    "Link",
    "Noise",
    "Part",
    "PartKind",
    "PartPrice",
    "Plan",
    "PlanTable",
    "Price",
    "Search",
    "Source",
    "SourceColumn",
    "Value",
]
