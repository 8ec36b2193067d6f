// The error function in float64, to three units in the last place.
//
// W. J. Cody, "Rational Chebyshev Approximations for the Error Function", Mathematics of Computation 23 (1969):
// a rational function on each of three intervals. The coefficients are those of Cody's SPECFUN.

/** erf(x) = 2/√π ∫₀ˣ exp(−u²) du. */
export function erf(x: number): number {
  const y = Math.abs(x);
  if (y <= 0.46875) return x * near(x * x);
  return x < 0 ? tail(y) - 1 : 1 - tail(y);
}

/** The complementary error function, erfc(x) = 2/√π ∫ₓ^∞ exp(−u²) du, with all its digits where it is small. */
export function erfc(x: number): number {
  const y = Math.abs(x);
  if (y <= 0.46875) return 1 - x * near(x * x);
  return x < 0 ? 2 - tail(y) : tail(y);
}

/** erf(x)/x from z = x² for |x| ≤ 0.46875. */
function near(z: number): number {
  const over =
    (((0.18577770618460315 * z + 3.1611237438705655) * z + 113.86415415105016) * z + 377.485237685302) * z +
    3209.3775891384694;
  const under =
    (((z + 23.601290952344122) * z + 244.02463793444417) * z + 1282.6165260773723) * z + 2844.236833439171;
  return over / under;
}

/** erfc(y) for y > 0.46875. */
function tail(y: number): number {
  if (y > 27) return 0;
  // exp(−y²) from a y of few digits, whose square is exact, and the rest.
  const head = Math.trunc(y * 16) / 16;
  const power = Math.exp(-head * head) * Math.exp(-(y - head) * (y + head));
  return power * (y <= 4 ? middle(y) : far(y));
}

/** erfc(y)·exp(y²) for 0.46875 ≤ y ≤ 4. */
function middle(y: number): number {
  const over =
    (((((((2.1531153547440383e-8 * y + 0.5641884969886701) * y + 8.883149794388377) * y + 66.11919063714163) *
      y +
      298.6351381974001) *
      y +
      881.952221241769) *
      y +
      1712.0476126340707) *
      y +
      2051.0783778260716) *
      y +
    1230.3393547979972;
  const under =
    (((((((y + 15.744926110709835) * y + 117.6939508913125) * y + 537.1811018620099) * y +
      1621.3895745666903) *
      y +
      3290.7992357334597) *
      y +
      4362.619090143247) *
      y +
      3439.3676741437216) *
      y +
    1230.3393548037495;
  return over / under;
}

/** erfc(y)·exp(y²) for y ≥ 4: 1/(√π·y), less a rational function of z = 1/y². */
function far(y: number): number {
  const z = 1 / (y * y);
  const over =
    ((((0.016315387137302097 * z + 0.30532663496123236) * z + 0.36034489994980445) * z +
      0.12578172611122926) *
      z +
      0.016083785148742275) *
      z +
    0.0006587491615298378;
  const under =
    ((((z + 2.568520192289822) * z + 1.8729528499234673) * z + 0.5279051029514285) * z +
      0.06051834131244132) *
      z +
    0.0023352049762686918;
  return (1 / Math.sqrt(Math.PI) - (z * over) / under) / y;
}
