// w = exp(x − max) of a row, with Z = Σ w.
//
// eˣ = 2^(k/128)·2^(f/128), k the integer nearest to 128·x·log₂e and f the rest. The 128 powers of 2 between 1 and 2
// are in a table; 2^(f/128) = 1 + f·P(f), P minimax on |f| ≤ ½ (error 3e-16). The product's rounding error, 1e-16·|x|
// relative, is small where w counts.
//
// P. T. P. Tang, "Table-driven implementation of the exponential function in IEEE floating-point arithmetic", ACM
// Trans. Math. Softw. 15 (1989).

import { SPREAD, TOTAL } from "./layout";
import { lastAt, pairAt, sumOfLanes } from "./load";

const table: usize = memory.data<f64>([
  184.66496523378731614, // 128·log₂e
  6755399441055744, // 1.5·2⁵²: adding it rounds, and leaves k in the low bits
  0.0054152123481242695598, 0.000014662262387640150715, 2.646643114577284252e-8, 3.583033180989681669e-11,
  -700,
], 16);

/** The bits of k that count whole powers of 2. */
const exponents: usize = memory.data<i64>([-128], 16);

/** 2^(j/128) for j < 128. */
const powers: usize = memory.data<f64>([
  1.0, 1.0054299011128028, 1.0108892860517005, 1.016378314910953, 1.0218971486541167,
  1.0274459491187637, 1.0330248790212284, 1.0386341019613788, 1.0442737824274138, 1.0499440858006873,
  1.0556451783605572, 1.0613772272892621, 1.0671404006768236, 1.0729348675259756, 1.0787607977571198,
  1.0846183622133092, 1.0905077326652577, 1.0964290818163768, 1.1023825833078409, 1.1083684117236786,
  1.1143867425958925, 1.1204377524096067, 1.1265216186082419, 1.1326385195987192, 1.1387886347566917,
  1.1449721444318042, 1.1511892299529827, 1.157440073633751, 1.1637248587775775, 1.1700437696832502,
  1.1763969916502813, 1.182784710984341, 1.1892071150027211, 1.1956643920398274, 1.2021567314527031,
  1.2086843236265816, 1.2152473599804689, 1.2218460329727575, 1.22848053610687, 1.2351510639369333,
  1.241857812073484, 1.2486009771892047, 1.2553807570246911, 1.2621973503942507, 1.2690509571917332,
  1.2759417783963921, 1.2828700160787783, 1.2898358734066658, 1.2968395546510097, 1.3038812651919359,
  1.3109612115247643, 1.318079601266064, 1.3252366431597413, 1.3324325470831614, 1.339667524053303,
  1.3469417862329458, 1.3542555469368927, 1.3616090206382248, 1.3690024229745906, 1.3764359707545301,
  1.383909881963832, 1.3914243757719262, 1.3989796725383111, 1.4065759938190154, 1.414213562373095,
  1.4218926021691656, 1.42961333839197, 1.4373759974489823, 1.4451808069770466, 1.4530279958490526,
  1.460917794180647, 1.4688504333369819, 1.4768261459394993, 1.4848451658727525, 1.4929077282912648,
  1.5010140696264255, 1.5091644275934227, 1.5173590411982147, 1.5255981507445383, 1.533881997840956,
  1.5422108254079408, 1.550584877685, 1.559004400237837, 1.5674696399655529, 1.5759808451078865,
  1.5845382652524937, 1.5931421513422669, 1.6017927556826934, 1.6104903319492543, 1.6192351351948637,
  1.6280274218573478, 1.6368674497669645, 1.6457554781539648, 1.6546917676561944, 1.6636765803267364,
  1.6727101796415966, 1.6817928305074291, 1.6909247992693052, 1.7001063537185235, 1.7093377631004628,
  1.7186192981224779, 1.7279512309618376, 1.7373338352737062, 1.7467673861991689, 1.7562521603732995,
  1.7657884359332728, 1.7753764925265213, 1.785016611318935, 1.7947090750031072, 1.8044541678066239,
  1.8142521755003988, 1.8241033854070533, 1.8340080864093425, 1.8439665689586259, 1.8539791250833856,
  1.864046048397789, 1.8741676341102999, 1.8843441790323344, 1.8945759815869656, 1.9048633418176742,
  1.9152065613971473, 1.9256059436361249, 1.9360617934922945, 1.9465744175792333, 1.9571441241754003,
  1.9677712232331758, 1.978456026387951, 1.9891988469672664,
], 16);

/** How far below the maximum numbers still count. */
export const LOWEST: f64 = -700;

/** How far below it the number is that fills the last vector of a row. */
export const FILL: f64 = 690;

@inline
function constant(index: usize): v128 {
  return v128.load64_splat(table + index * 8);
}

/** eˣ for −700 ≤ x ≤ 0. */
@inline
function exp(x: v128, scale: v128, magic: v128, c0: v128, c1: v128, c2: v128, c3: v128, whole: v128): v128 {
  const y = f64x2.mul(x, scale);
  const k = f64x2.add(y, magic);
  const f = f64x2.sub(y, f64x2.sub(k, magic));
  const f2 = f64x2.mul(f, f);
  const p = f64x2.add(f64x2.add(c0, f64x2.mul(c1, f)), f64x2.mul(f2, f64x2.add(c2, f64x2.mul(c3, f))));
  const first = powers + ((<usize>i32x4.extract_lane(k, 0) & 127) << 3);
  const second = powers + ((<usize>i32x4.extract_lane(k, 2) & 127) << 3);
  const power = v128.load64_lane(second, v128.load64_zero(first), 1);
  // k/128 without its fraction goes to the exponent, whose lowest bit is bit 52.
  const scaled = i64x2.add(power, i64x2.shl(v128.and(k, whole), 45));
  return f64x2.add(scaled, f64x2.mul(scaled, f64x2.mul(f, p)));
}

/** eˣ for −700 ≤ x ≤ 0. */
export function expPair(x: v128): v128 {
  return exp(
    x, constant(0), constant(1), constant(2), constant(3), constant(4), constant(5), v128.load64_splat(exponents),
  );
}

/**
 * Puts w into the column at `out`, and Z and, if `spread`, Σ w·(max − x) into `side`. If `wide`, numbers may be
 * any distance below the maximum.
 */
@inline
function exponentialsOf<T>(row: usize, n: i32, max: f64, out: usize, side: usize, wide: bool, spread: bool): void {
  const m = f64x2.splat(max);
  const scale = constant(0);
  const magic = constant(1);
  const c0 = constant(2);
  const c1 = constant(3);
  const c2 = constant(4);
  const c3 = constant(5);
  const lowest = constant(6);
  const whole = v128.load64_splat(exponents);
  let total = f64x2.splat(0);
  let spreads = f64x2.splat(0);
  let i = 0;
  for (; i + 2 <= n; i += 2) {
    let x = f64x2.sub(pairAt<T>(row, i), m);
    if (wide) x = f64x2.pmax(lowest, x);
    const w = exp(x, scale, magic, c0, c1, c2, c3, whole);
    v128.store(out + (<usize>i << 3), w);
    total = f64x2.add(total, w);
    if (spread) spreads = f64x2.add(spreads, f64x2.mul(w, x));
  }
  if (i < n) {
    let x = f64x2.sub(lastAt<T>(row, i, max - FILL), m);
    if (wide) x = f64x2.pmax(lowest, x);
    const w = exp(x, scale, magic, c0, c1, c2, c3, whole);
    v128.store(out + (<usize>i << 3), w);
    total = f64x2.add(total, w);
    if (spread) spreads = f64x2.add(spreads, f64x2.mul(w, x));
  }
  store<f64>(side, sumOfLanes(total), TOTAL);
  store<f64>(side, -sumOfLanes(spreads), SPREAD);
}

/** See `exponentialsOf`; a loop of its own for each case. */
export function exponentials<T>(
  row: usize, n: i32, max: f64, out: usize, side: usize, wide: bool, spread: bool,
): void {
  if (wide) exponentialsOf<T>(row, n, max, out, side, true, true);
  else if (spread) exponentialsOf<T>(row, n, max, out, side, false, true);
  else exponentialsOf<T>(row, n, max, out, side, false, false);
}
