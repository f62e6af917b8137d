"""Lists of visits that somebody takes along: written behind the pages, kept for minutes, then gone."""
