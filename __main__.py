"""The program as the engine's language host runs it: alone in a process, and once."""

# ruff: noqa: E402
import gc

# What imports and registrations make lives until the end. Not looking for garbage in it, now or at
# the exit, saves a preview a tenth of its time.
gc.disable()

from kubevirt_vm_pool import program

program.run()

# Talking to the engine, which begins here, may leave garbage.
gc.freeze()
gc.enable()
