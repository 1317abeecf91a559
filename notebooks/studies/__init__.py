"""Three studies of the sample county, each answered through released figures alone.

    absence      does missing school go with antisocial behaviour in the same term?
    attendance   do victims of domestic incidents attend A&E more often, and soon after an incident?
    burglary     where, when and at what hour; and does one burglary bring another nearby?

A study is its questions and what is worked out of their answers. Nothing here sees a row: what comes in are the
figures of signed bundles, and everything done to them is post-processing, which costs nothing.
"""

from notebooks.studies.study import Finding, Study

__all__ = ["Finding", "Study"]
