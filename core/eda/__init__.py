"""Numbers of the Explore view: filters, summaries, correlations, trends. No figures, no Dash."""
