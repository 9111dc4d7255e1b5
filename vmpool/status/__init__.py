"""How stacks are doing: what their clusters hold, in plain facts and in every form.

looking.py    kubectl: what the namespaces of a cluster hold, in few calls
reading.py    from that and the stack's own objects to the facts (facts.py)
drift.py      what of the stack's objects is missing or another
as_*.py       the facts written
command.py    from names of stacks to the report; watching.py again and again
"""
