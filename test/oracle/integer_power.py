"""Integer powers, computed in 1000 bits by mpmath and rounded, written to integer_power.json as [x, n, xⁿ].

Run: python integer_power.py (needs mpmath)
"""

import json
from pathlib import Path

import mpmath

mpmath.mp.prec = 1000
powers = [
    [x, n, float(mpmath.mpf(x) ** n)]
    for x in [0.0, 0.3, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 1.0]
    for n in [0, 1, 2, 3, 7, 10, 31, 100, 171, 500, 999, 4096, 20011]
]
powers = [power for power in powers if power[2] == 0 or power[2] > 1e-250]
Path(__file__).with_suffix(".json").write_text(json.dumps(powers, separators=(",", ":")) + "\n")
