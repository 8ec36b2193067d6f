// The modules that test/oracle/nn.py has too.

import { KLDivLoss, Linear, LogSoftmax, Module, ReLU, Sequential, Softmax } from "../../src/nn/index.js";
import { type Tensor, zeros } from "../../src/tensor/index.js";

export class Inner extends Module {
  act = new ReLU();

  forward(x: Tensor): Tensor {
    return this.act.forward(x);
  }

  override extraRepr(): string {
    return "first line\nsecond=line";
  }
}

export class Net extends Module {
  fc = new Linear(2, 3);
  inner = new Inner();
  tail = new Sequential(new Linear(3, 2, { bias: false }), new Softmax(-1), new LogSoftmax());
  loss = new KLDivLoss();

  forward(x: Tensor): Tensor {
    return this.tail.forward(this.inner.forward(this.fc.forward(x)));
  }
}

export class Empty extends Module {
  forward(): void {}
}

/** A layer with a buffer: it divides by the mean magnitude it has seen. */
export class Scale extends Module {
  mean!: Tensor;

  constructor(size: number) {
    super();
    this.registerBuffer("mean", zeros([size]));
  }

  forward(x: Tensor): Tensor {
    return x.div(this.mean);
  }
}
