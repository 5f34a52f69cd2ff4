"""The controls beside the views: the policy as rule cards, its date, and the assumptions."""
