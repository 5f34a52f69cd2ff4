"""What the controls hold: as a scenario, as rules, as a link, and the trail of what they held before."""
