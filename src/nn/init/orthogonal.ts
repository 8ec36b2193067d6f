import { KullbackError } from "../../errors.js";
import { defaultGenerator, fillNormal } from "../../kernels/index.js";
import { describeShape, type Tensor } from "../../tensor/index.js";
import { type InitOptions, overwrite } from "./fill.js";

/** Options of {@link orthogonal_}. */
export interface OrthogonalOptions extends InitOptions {
  /** Factor of the result; default 1. */
  gain?: number;
}

/**
 * Fills `x` [rows, …], its trailing axes taken as one, with a random matrix whose rows (or, if there are more
 * of them than columns, columns) are orthonormal, times `gain`: the orthogonal factor of a matrix of normal
 * numbers, with the signs that make its triangular factor's diagonal positive, as `torch.nn.init.orthogonal_`.
 *
 * A. M. Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks"
 * (2014), arXiv:1312.6120; F. Mezzadri, arXiv:math-ph/0609050 for the signs.
 */
export function orthogonal_(x: Tensor, options: OrthogonalOptions = {}): Tensor {
  const { gain = 1, generator = defaultGenerator } = options;
  if (x.ndim < 2) {
    throw new KullbackError(
      `orthogonal_: only tensors with 2 or more dimensions are supported, got shape ${describeShape(x.shape)}`,
    );
  }
  if (x.numel === 0) return x;
  const rows = x.shape[0];
  const columns = x.numel / rows;
  return overwrite("orthogonal_", x, (values) => {
    fillNormal(values, generator);
    // The long vectors: columns of a tall matrix, rows of a wide one.
    const tall = rows >= columns;
    const [count, length] = tall ? [columns, rows] : [rows, columns];
    const at = (vector: number, i: number) => (tall ? i * columns + vector : vector * columns + i);
    const vectors = Array.from({ length: count }, (_, v) =>
      Float64Array.from({ length }, (_, i) => values[at(v, i)]),
    );
    orthonormalise(vectors);
    vectors.forEach((vector, v) => {
      for (let i = 0; i < length; i++) values[at(v, i)] = vector[i] * gain;
    });
  });
}

/**
 * Gram–Schmidt, each vector projected twice, which leaves them orthogonal to rounding and gives the
 * factorisation with a positive diagonal.
 *
 * L. Giraud et al., "Rounding error analysis of the classical Gram–Schmidt" (2005).
 */
function orthonormalise(vectors: readonly Float64Array[]): void {
  vectors.forEach((vector, v) => {
    for (let pass = 0; pass < 2; pass++) {
      for (const other of vectors.slice(0, v)) {
        const along = dot(vector, other);
        for (let i = 0; i < vector.length; i++) vector[i] -= along * other[i];
      }
    }
    const norm = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < vector.length; i++) vector[i] /= norm;
  });
}

function dot(x: Float64Array, y: Float64Array): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i] * y[i];
  return total;
}
