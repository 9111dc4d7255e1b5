"""The verbs of `vmpool`, a file each, with the function of its name.

Imports are inside the functions, so that each verb starts quickly.
"""
