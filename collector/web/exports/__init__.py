"""Pages: lists of visits that somebody takes along."""
