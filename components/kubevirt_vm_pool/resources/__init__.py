"""The objects as Pulumi resources: the only folder that imports pulumi, beside vm_pool.py."""
