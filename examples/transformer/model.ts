import { arange, nn, type Tensor } from "kullback";

/** How large a {@link CharacterTransformer} is. */
export interface Size {
  /** Different characters. */
  characters: number;
  /** The longest text that the network looks at. */
  context: number;
  /** Features of a character's hidden state. */
  width: number;
  heads: number;
  blocks: number;
  dtype?: "float32" | "float64";
}

/** Attention to what came before, then two layers for each character; both are added to their input. */
class Block extends nn.Module {
  norm1: nn.LayerNorm;
  attention: nn.MultiheadAttention;
  norm2: nn.LayerNorm;
  mlp: nn.Sequential;

  constructor({ width, heads, dtype }: Size) {
    super();
    this.norm1 = new nn.LayerNorm(width, { dtype });
    this.attention = new nn.MultiheadAttention(width, heads, { batchFirst: true, dtype });
    this.norm2 = new nn.LayerNorm(width, { dtype });
    this.mlp = new nn.Sequential(
      new nn.Linear(width, 4 * width, { dtype }),
      new nn.GELU(),
      new nn.Linear(4 * width, width, { dtype }),
    );
  }

  forward(x: Tensor, mask: Tensor): Tensor {
    const y = this.norm1.forward(x);
    const options = { attnMask: mask, isCausal: true, needWeights: false };
    const [attended] = this.attention.forward(y, y, y, options);
    const z = x.add(attended);
    return z.add(this.mlp.forward(this.norm2.forward(z)));
  }
}

/** A small GPT: it says how likely each character is to come next. */
export class CharacterTransformer extends nn.Module {
  readonly context: number;
  character: nn.Embedding;
  place: nn.Embedding;
  blocks: nn.ModuleList<Block>;
  norm: nn.LayerNorm;
  head: nn.Linear;

  constructor(size: Size) {
    super();
    const { characters, context, width, blocks, dtype } = size;
    this.context = context;
    this.character = new nn.Embedding(characters, width, { dtype });
    this.place = new nn.Embedding(context, width, { dtype });
    this.blocks = new nn.ModuleList(Array.from({ length: blocks }, () => new Block(size)));
    this.norm = new nn.LayerNorm(width, { dtype });
    this.head = new nn.Linear(width, characters, { bias: false, dtype });
    // Small embeddings learn sooner than PyTorch's default, which is standard normal.
    for (const { weight } of [this.character, this.place]) nn.init.normal_(weight, 0, 0.1);
  }

  /** What the head makes logits of: [texts, length] int32 → [texts, length, width]. */
  hidden(text: Tensor): Tensor {
    const places = arange(text.size(1), { dtype: "int32" });
    // True where a character must not look: at those that come after it.
    const mask = places.unsqueeze(0).gt(places.unsqueeze(1));
    let x = this.character.forward(text).add(this.place.forward(places));
    for (const block of this.blocks) x = block.forward(x, mask);
    return this.norm.forward(x);
  }

  /** Logits of the next characters: [texts, length] int32 → [texts, length, characters]. */
  forward(text: Tensor): Tensor {
    return this.head.forward(this.hidden(text));
  }
}
