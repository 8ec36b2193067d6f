/**
 * The name that a field has in state dicts, PyTorch's: `inProjWeight` is `in_proj_weight`. Every capital that
 * stands for an underscore is one behind a letter or a digit; names that begin with a capital are kept, since
 * no camelCase name does.
 */
export function stateName(field: string): string {
  if (/^[A-Z]/.test(field)) return field;
  return field.replace(/(?<=[A-Za-z0-9])[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

/** The same for a whole key such as `layers.0.selfAttn.outProj.weight`. */
export function stateKey(key: string): string {
  return key.split(".").map(stateName).join(".");
}
