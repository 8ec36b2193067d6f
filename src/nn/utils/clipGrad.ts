import { KullbackError } from "../../errors.js";
import { noGrad, norm, stack, Tensor, tensor } from "../../tensor/index.js";

function gradients(name: string, parameters: Tensor | Iterable<Tensor>): Tensor[] {
  const list = parameters instanceof Tensor ? [parameters] : [...parameters];
  return list.flatMap((parameter) => {
    if (!(parameter instanceof Tensor)) {
      throw new KullbackError(`${name}: wanted parameters, got a ${typeof parameter} among them`);
    }
    const gradient = parameter.peekGradient();
    return gradient === null ? [] : [gradient];
  });
}

/** Options of {@link clipGradNorm}. */
export interface ClipGradNormOptions {
  /** Which norm; default 2. */
  normType?: number;
  /** Whether a norm that is NaN or infinite is an error; default false. */
  errorIfNonfinite?: boolean;
}

/**
 * Scales the gradients of `parameters`, in place, so that their norm, taken together as one vector, is at
 * most `maxNorm`; as `torch.nn.utils.clip_grad_norm_`.
 *
 * @returns the norm before, 0-d
 * @throws KullbackError if `errorIfNonfinite` is set and the norm is NaN or infinite
 */
export function clipGradNorm(
  parameters: Tensor | Iterable<Tensor>,
  maxNorm: number,
  { normType = 2, errorIfNonfinite = false }: ClipGradNormOptions = {},
): Tensor {
  if (!(maxNorm >= 0)) throw new KullbackError(`clipGradNorm: wanted a maxNorm ≥ 0, got ${maxNorm}`);
  const grads = gradients("clipGradNorm", parameters);
  return noGrad(() => {
    if (grads.length === 0) return tensor(0);
    const total = norm(stack(grads.map((grad) => norm(grad, normType))), normType);
    const size = total.item();
    if (errorIfNonfinite && !Number.isFinite(size)) {
      throw new KullbackError(
        `clipGradNorm: the total norm of order ${normType} of the gradients is ${size}`,
      );
    }
    // 1e-6 keeps a norm of 0 from dividing by 0, as in PyTorch.
    const factor = Math.min(maxNorm / (size + 1e-6), 1);
    for (const grad of grads) grad.mul_(factor);
    return total;
  });
}

/**
 * Limits every element of the gradients of `parameters`, in place, to [−clipValue, clipValue]; as
 * `torch.nn.utils.clip_grad_value_`.
 */
export function clipGradValue(parameters: Tensor | Iterable<Tensor>, clipValue: number): void {
  if (!(clipValue >= 0)) throw new KullbackError(`clipGradValue: wanted a clipValue ≥ 0, got ${clipValue}`);
  noGrad(() => {
    for (const grad of gradients("clipGradValue", parameters)) grad.clamp_(-clipValue, clipValue);
  });
}
