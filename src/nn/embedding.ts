import { KullbackError } from "../errors.js";
import { F } from "../functional/index.js";
import type { FloatDType } from "../kernels/index.js";
import { describeShape, narrow, noGrad, paddingRow, type Tensor, zeros } from "../tensor/index.js";
import { normal_ } from "./init/index.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Options of {@link Embedding}. */
export interface EmbeddingOptions {
  /** The row that starts as zeros and gets no gradient; a negative one counts from the end. */
  paddingIdx?: number;
  /** Element type of the weight; default `"float32"`. */
  dtype?: FloatDType;
}

/** A table of vectors that are looked up by index; they start normal. */
export class Embedding extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly paddingIdx: number | undefined;
  /** [numEmbeddings, embeddingDim] */
  weight: Parameter;

  /** @throws KullbackError if the sizes are no sizes, or `paddingIdx` is out of range */
  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingOptions = {}) {
    super();
    const { paddingIdx, dtype = "float32" } = options;
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.weight = new Parameter(zeros([numEmbeddings, embeddingDim], { dtype }));
    this.paddingIdx =
      paddingIdx === undefined ? undefined : paddingRow("Embedding", paddingIdx, numEmbeddings);
    this.resetParameters();
  }

  /** A module around the table `embeddings`, frozen unless `freeze` is false. */
  static fromPretrained(
    embeddings: Tensor,
    { freeze = true, paddingIdx }: { freeze?: boolean; paddingIdx?: number } = {},
  ): Embedding {
    if (embeddings.ndim !== 2) {
      throw new KullbackError(
        `Embedding.fromPretrained: expected [rows, features], got ${describeShape(embeddings.shape)}`,
      );
    }
    const [rows, features] = embeddings.shape;
    const module = new Embedding(0, features);
    const padding = paddingIdx === undefined ? undefined : paddingRow("Embedding", paddingIdx, rows);
    const weight = new Parameter(embeddings, !freeze);
    return Object.assign(module, { numEmbeddings: rows, paddingIdx: padding, weight });
  }

  /** Draws the weight anew. */
  resetParameters(): void {
    normal_(this.weight);
    const { paddingIdx } = this;
    if (paddingIdx !== undefined) noGrad(() => narrow(this.weight, 0, paddingIdx, 1).fill_(0));
  }

  /**
   * @param indices - int32, any shape
   * @returns [...indices.shape, embeddingDim]
   */
  forward(indices: Tensor): Tensor {
    return F.embedding(indices, this.weight, { paddingIdx: this.paddingIdx });
  }

  override extraRepr(): string {
    const { numEmbeddings, embeddingDim, paddingIdx } = this;
    const padding = paddingIdx === undefined ? "" : `, paddingIdx=${paddingIdx}`;
    return `${numEmbeddings}, ${embeddingDim}${padding}`;
  }
}
