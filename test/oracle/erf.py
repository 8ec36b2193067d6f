"""erf and erfc by mpmath with 40 digits, written to erf.json as [x, erf(x), erfc(x)].

Run: python erf.py (needs mpmath)
"""

import json
import random
from pathlib import Path

import mpmath

mpmath.mp.dps = 40
random.seed(0)
points = [0.0, 1e-300, -1e-10, 0.46875, -0.46875, 0.4687500001, 4.0, 4.0000001, -4.0, 26.5, -30.0]
points += [random.uniform(-1, 1) for _ in range(60)] + [random.uniform(-6, 6) for _ in range(120)]
points += [random.uniform(4, 26) for _ in range(40)]
rows = [[x, float(mpmath.erf(x)), float(mpmath.erfc(x))] for x in points]
Path(__file__).with_suffix(".json").write_text(json.dumps(rows, separators=(",", ":")) + "\n")
