"""What the change from one revision to another does to the VMs of every stack.

    revisions -> rendering (a process per revision, by that revision's own code, secrets hashed)
              -> comparison (pure) -> text, markdown or as_json (pure)

Neither cluster nor engine nor secret is needed; live adds what the engine's own previews say.
"""
