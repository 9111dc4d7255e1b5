"""What pipelines ask, and how they bring stacks up: .github/workflows, docs/ci.md, docs/gitlab.md.

a push -> which stacks change (stacks.py)
       -> for each, what its up takes of disks (plan.py), if nothing newer is there (order.py)
       -> reviewers, where it takes some (gate.py)
       -> up, of that commit and with these losses only (bring_up.py)
"""
