import { KullbackError } from "../errors.js";
import { isFloat } from "../kernels/index.js";
import { Tensor } from "../tensor/index.js";

/** Parameters that are optimized with the same options, which may be assigned at any time. */
export type ParamGroup<Options> = Options & {
  params: Tensor[];
  /** The learning rate that schedules start from, set by the first scheduler. */
  initialLr?: number;
};

/** What describes a group: its parameters, and the options in which it differs from the defaults. */
export type ParamGroupOptions<Options> = Partial<Options> & { params: Tensor | Iterable<Tensor> };

/** What an optimizer is made for: parameters, or groups of them with options of their own. */
export type Params<Options> = Iterable<Tensor> | Iterable<ParamGroupOptions<Options>>;

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return value instanceof Tensor ? "a tensor" : `a ${typeof value}`;
}

/** The groups that `params` describes; parameters without a group are one together. */
export function listGroups<Options>(name: string, params: Params<Options>): ParamGroupOptions<Options>[] {
  if (!isIterable(params)) {
    throw new KullbackError(
      `${name}: params should be an array or other iterable of tensors or groups, got ${describe(params)}`,
    );
  }
  const list: (Tensor | ParamGroupOptions<Options>)[] = [...params];
  if (list.length === 0) throw new KullbackError(`${name}: optimizer got an empty parameter list`);
  const isGroup = (entry: Tensor | ParamGroupOptions<Options>): entry is ParamGroupOptions<Options> =>
    typeof entry === "object" && entry !== null && !(entry instanceof Tensor) && "params" in entry;
  const groups = list.filter(isGroup);
  const noOptions: Partial<Options> = {};
  if (groups.length === 0) return [{ ...noOptions, params: list as Tensor[] }];
  if (groups.length === list.length) return groups;
  throw new KullbackError(`${name}: wanted either parameters or groups { params, … }, got both`);
}

/** The parameters of a group, each checked to be a leaf that is not yet `taken`. */
export function listParams(
  name: string,
  params: Tensor | Iterable<Tensor>,
  taken: ReadonlySet<Tensor>,
): Tensor[] {
  const list: unknown[] = params instanceof Tensor ? [params] : isIterable(params) ? [...params] : [params];
  const seen = new Set(taken);
  return list.map((param) => {
    if (!(param instanceof Tensor)) {
      throw new KullbackError(
        `${name}: optimizer can only optimize tensors, but one of the params is ${describe(param)}`,
      );
    }
    if (!isFloat(param.dtype)) {
      throw new KullbackError(
        `${name}: optimizer can only optimize floating-point tensors, but one of the params is ${param.dtype}`,
      );
    }
    if (!param.isLeaf)
      throw new KullbackError(`${name}: can't optimize a non-leaf tensor (made by ${param.gradFn?.name})`);
    if (seen.has(param)) throw new KullbackError(`${name}: some parameters appear more than once`);
    seen.add(param);
    return param;
  });
}
