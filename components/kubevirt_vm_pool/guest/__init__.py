"""What a VM finds inside: its cloud-init documents, and what one replica has of its own."""
