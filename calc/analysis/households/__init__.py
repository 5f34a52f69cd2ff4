"""What a tariff costs US households and raises for the Treasury, and which industries it reaches.

Works on any model's `Result` whose importer is the United States and whose products are HS codes.
"""
