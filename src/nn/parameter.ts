import { checkTensors, Tensor } from "../tensor/index.js";

/**
 * A tensor that a module learns: it requires gradients, and a module that has it as a field counts it
 * among its parameters.
 */
export class Parameter extends Tensor {
  /**
   * @param data - the values; the parameter shares their memory, but not their history
   * @param requiresGrad - whether `backward` computes a gradient; default true
   * @throws KullbackError if a gradient is wanted and `data` is not of a floating-point dtype
   */
  constructor(data: Tensor, requiresGrad = true) {
    checkTensors("Parameter", data);
    super(data.storage, data.dtype, data.shape, data.strides, data.offset, data.isView);
    this.requiresGrad = requiresGrad;
  }

  /**
   * Takes over memory and dtype of `data`, which has this parameter's shape, and stays the same object to
   * modules and optimizers, as with `parameter.data = data` in PyTorch. Graphs recorded before know by the
   * storage's version that they are stale.
   * @internal
   */
  become({ storage, dtype, strides, offset }: Tensor): void {
    storage.version = this.storage.version + 1;
    Object.assign(this, { storage, dtype, strides, offset });
  }

  override toString(): string {
    return `Parameter containing:\n${super.toString()}`;
  }
}
