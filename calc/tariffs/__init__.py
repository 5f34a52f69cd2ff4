"""What is charged: a scenario's rules, and the tariffs in force on a date."""
