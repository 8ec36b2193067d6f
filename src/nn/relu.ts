import { relu, type Tensor } from "../tensor/index.js";
import { Module } from "./module.js";

/** max(x, 0), elementwise. */
export class ReLU extends Module {
  forward(x: Tensor): Tensor {
    return relu(x);
  }
}
