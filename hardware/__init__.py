"""The wires: whatever touches a device. Pictures of visitors never leave this package."""
