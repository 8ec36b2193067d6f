import { KullbackError } from "../../errors.js";
import {
  allocate,
  defaultGenerator,
  type FloatArray,
  fillNormal,
  fillUniform,
  type Generator,
  isFloat,
} from "../../kernels/index.js";
import {
  checkNumber,
  checkTensors,
  describeValue,
  fromArray,
  noGrad,
  type Tensor,
} from "../../tensor/index.js";

/** Where random numbers come from. */
export interface InitOptions {
  /** Default the generator that `manualSeed` seeds. */
  generator?: Generator;
}

/**
 * Lets `fill` write the elements of `x` in C order, which are 0 before; not recorded, as all of `nn.init`.
 * @internal
 */
export function overwrite(name: string, x: Tensor, fill: (values: FloatArray) => void): Tensor {
  checkTensors(name, x);
  if (!isFloat(x.dtype)) {
    throw new KullbackError(`${name}: wanted a floating-point tensor, got ${x.dtype}`);
  }
  const values = allocate(x.dtype, x.numel) as FloatArray;
  fill(values);
  noGrad(() => x.copy_(fromArray(values, x.shape)));
  return x;
}

/** Fills `x` with uniform numbers in [a, b), by default [0, 1), those of `torch.nn.init.uniform_`. */
export function uniform_(
  x: Tensor,
  a = 0,
  b = 1,
  { generator = defaultGenerator }: InitOptions = {},
): Tensor {
  checkNumber("uniform_", "a", a);
  checkNumber("uniform_", "b", b);
  return overwrite("uniform_", x, (values) => fillUniform(values, generator, a, b));
}

/** Fills `x` with normal numbers of `mean` (0) and standard deviation `std` (1), as `torch.nn.init.normal_`. */
export function normal_(
  x: Tensor,
  mean = 0,
  std = 1,
  { generator = defaultGenerator }: InitOptions = {},
): Tensor {
  checkNumber("normal_", "mean", mean);
  checkNumber("normal_", "std", std);
  return overwrite("normal_", x, (values) => fillNormal(values, generator, mean, std));
}

/** Fills `x` with `value`. */
export function constant_(x: Tensor, value: number): Tensor {
  if (typeof value !== "number")
    throw new KullbackError(`constant_: wanted a number, got ${describeValue(value)}`);
  return overwrite("constant_", x, (values) => values.fill(value));
}

/** Fills `x` with ones. */
export function ones_(x: Tensor): Tensor {
  return overwrite("ones_", x, (values) => values.fill(1));
}

/** Fills `x` with zeros. */
export function zeros_(x: Tensor): Tensor {
  return overwrite("zeros_", x, () => undefined);
}

/** Makes the matrix `x` an identity, as far as it is square. */
export function eye_(x: Tensor): Tensor {
  if (x.ndim !== 2) {
    throw new KullbackError(`eye_: only tensors with 2 dimensions are supported, got ${x.ndim}`);
  }
  const [rows, columns] = x.shape;
  return overwrite("eye_", x, (values) => {
    for (let i = 0; i < Math.min(rows, columns); i++) values[i * columns + i] = 1;
  });
}
