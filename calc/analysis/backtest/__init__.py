"""Back-test: what the method would have said of 2018-19 and of 2025-26, beside what happened and "no change".

fit     trade, second half of 2017 to second half of 2019; collected rate of China, July 2018 to February 2020
test    January 2025 to March 2026; nothing is fitted to it
"""
