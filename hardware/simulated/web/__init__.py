"""The virtual door: a page in a browser, before a real door on simulated devices. Needs the extra `web`."""
