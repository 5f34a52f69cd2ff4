"""What is charged: a scenario's rules, and the law of a day."""
