"""The checks: rules over one report, their catalogue, and the engine that runs again only what a change concerns."""
