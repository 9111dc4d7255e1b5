"""The plugin that gives VmPool to programs in other languages, as the engine starts it."""

from kubevirt_vm_pool.plugin.provider import main

if __name__ == "__main__":
    main()
