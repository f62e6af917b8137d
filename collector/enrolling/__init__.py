"""How a new box comes to the centre: codes that it is shown, and the door at which it asks to be taken."""
