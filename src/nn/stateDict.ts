import { KullbackError } from "../errors.js";
import { describeShape, describeValue, noGrad, sameShape, Tensor } from "../tensor/index.js";
import { stateKey } from "./stateName.js";

/** A module's parameters and buffers by name, such as `"0.weight"`. */
export type StateDict = Record<string, Tensor>;

/** What did not match when a state dict was loaded. */
export interface IncompatibleKeys {
  /** Names the module has and the dict lacks. */
  missingKeys: string[];
  /** Names the dict has and the module lacks. */
  unexpectedKeys: string[];
}

const quoted = (keys: readonly string[]) => keys.map((key) => `"${key}"`).join(", ");

function mismatch(key: string, own: Tensor, loaded: unknown): string[] {
  if (!(loaded instanceof Tensor)) return [`${key} is of type ${typeof loaded}, not a tensor`];
  if (sameShape(own.shape, loaded.shape)) return [];
  return [
    `size mismatch for ${key}: copying a param with shape ${describeShape(loaded.shape)} from checkpoint, ` +
      `the shape in current model is ${describeShape(own.shape)}`,
  ];
}

/** `dict` under the keys of `own`, where it has them in Kullback's spelling only. */
function respelled(own: StateDict, dict: Readonly<StateDict>): StateDict {
  const keyOf = (key: string) => {
    const known = stateKey(key);
    return !Object.hasOwn(own, key) && Object.hasOwn(own, known) && !Object.hasOwn(dict, known) ? known : key;
  };
  return Object.fromEntries(Object.entries(dict).map(([key, value]) => [keyOf(key), value]));
}

/** Copies the tensors of `given` into those of `own` with the same name, all of them or, on an error, none. */
export function loadInto(
  module: string,
  own: StateDict,
  given: Readonly<StateDict>,
  strict: boolean,
): IncompatibleKeys {
  if (typeof given !== "object" || given === null) {
    throw new KullbackError(`loadStateDict: wanted tensors by name, got ${describeValue(given)}`);
  }
  const dict = respelled(own, given);
  const missingKeys = Object.keys(own).filter((key) => !(key in dict));
  const unexpectedKeys = Object.keys(dict).filter((key) => !(key in own));
  const shared = Object.keys(own).filter((key) => key in dict);
  const errors: string[] = [];
  if (strict && missingKeys.length > 0) errors.push(`missing key(s) in state dict: ${quoted(missingKeys)}`);
  if (strict && unexpectedKeys.length > 0) {
    errors.push(`unexpected key(s) in state dict: ${quoted(unexpectedKeys)}`);
  }
  for (const key of shared) errors.push(...mismatch(key, own[key], dict[key]));
  if (errors.length > 0) {
    throw new KullbackError(
      `loadStateDict: error(s) in loading the state dict for ${module}: ${errors.join("; ")}`,
    );
  }
  noGrad(() => {
    for (const key of shared) own[key].copy_(dict[key]);
  });
  return { missingKeys, unexpectedKeys };
}
