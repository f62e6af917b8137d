"""What `kiosk check` says: of each part of the box whether it works, and what to do if not."""
