"""Figures: visits counted by place and day, and added up. No personal field is looked at."""
