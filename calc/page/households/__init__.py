"""The view Households: what a tariff costs US households, raises, and which industries and states it reaches."""
