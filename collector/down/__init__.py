"""What goes down to the boxes: configurations, commands, and the visits of neighbouring doors."""
