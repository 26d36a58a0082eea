"""The rotation of officials who attend cell meetings."""
