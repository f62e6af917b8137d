"""What `kiosk check --wire` asks a technician: whether each wire ends where the settings say."""
