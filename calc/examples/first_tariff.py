"""A first tariff: 25 points on cars from Mexico, what it does, and the report that anybody can run again.

python first_tariff.py [FOLDER]
"""

import sys

import calc

rule = calc.Rule(importer=("USA",), exporters=("MEX",), products=("8703",), value_pct=25.0)
scenario = calc.Scenario(title="25 points on Mexican cars", rules=(rule,))

result = calc.run(scenario)
print(result)
print(result.summary.to_string(index=False))

gainers = result.economies.nlargest(3, "exports_change")[["economy", "exports_change"]]
print(f"Those who sell more instead, US$:\n{gainers.to_string(index=False)}")

print("Report:", result.save(sys.argv[1] if len(sys.argv) > 1 else "first-tariff"))
