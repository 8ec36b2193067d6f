import { ExactSum, productError } from "../../kernels/index.js";

/**
 * Mean and variance of numbers as if computed without rounding: the sums of the numbers and of their
 * squares are exact, so the difference in the variance cannot cancel, and neither order nor grouping
 * changes a bit.
 */
export class Moments {
  #count = 0;
  readonly #sum = new ExactSum();
  readonly #squares = new ExactSum();

  /** How many numbers there are. */
  get count(): number {
    return this.#count;
  }

  /** Adds a finite number. */
  add(x: number): void {
    this.#count++;
    this.#sum.add(x);
    addProduct(this.#squares, x, x);
  }

  /** Adds all numbers of `other`. */
  merge(other: Moments): void {
    this.#count += other.#count;
    this.#sum.merge(other.#sum);
    this.#squares.merge(other.#squares);
  }

  /** The mean; NaN without numbers. */
  mean(): number {
    return this.#sum.value / this.#count;
  }

  /** The root of the mean square; NaN without numbers. */
  rootMeanSquare(): number {
    return Math.sqrt(this.#squares.value / this.#count);
  }

  /** The standard error of the mean, s/√n with the sample standard deviation s; NaN below two numbers. */
  standardError(): number {
    const n = this.#count;
    return n < 2 ? Number.NaN : Math.sqrt(this.#variance() / n);
  }

  /** (n Σx² − (Σx)²) / (n(n − 1)), each sum taken as its rounded value plus what rounding left. */
  #variance(): number {
    const n = this.#count;
    const [sum, sumRest] = valueAndRest(this.#sum);
    const [squares, squaresRest] = valueAndRest(this.#squares);
    const scaled = new ExactSum();
    addProduct(scaled, n, squares);
    addProduct(scaled, n, squaresRest);
    addProduct(scaled, -sum, sum);
    addProduct(scaled, -2 * sum, sumRest);
    addProduct(scaled, -sumRest, sumRest);
    return Math.max(0, scaled.value) / n / (n - 1);
  }
}

function valueAndRest(sum: ExactSum): [number, number] {
  const value = sum.value;
  const rest = new ExactSum();
  rest.merge(sum);
  rest.add(-value);
  return [value, rest.value];
}

/** Adds a·b exactly: the rounded product and its error. */
function addProduct(sum: ExactSum, a: number, b: number): void {
  const product = a * b;
  sum.add(product);
  sum.add(productError(a, b, product));
}
