import { KullbackError } from "../../errors.js";
import type { Mt19937State } from "./mt19937.js";

/** All that a generator remembers. */
export interface GeneratorState {
  /** The seed as an unsigned 64-bit integer. */
  seed: bigint;
  engine: Mt19937State;
  /** The second value of a Box–Muller pair whose first was handed out, if there is one. */
  nextNormal: number | undefined;
}

const WORDS = 624;
/** Byte offsets of the fields in PyTorch's `CPUGeneratorImplState`; integers are little-endian. */
const offset = { seed: 0, left: 8, seeded: 12, next: 16, words: 24, normal: 5024, normalIsValid: 5040 };
const SIZE = 5056;

/** The state as the bytes of `torch.get_rng_state()`, which `torch.set_rng_state` takes. */
export function encodeState({ seed, engine, nextNormal }: GeneratorState): Uint8Array {
  const view = new DataView(new ArrayBuffer(SIZE));
  view.setBigUint64(offset.seed, seed, true);
  view.setInt32(offset.left, WORDS + 1 - engine.position, true);
  view.setInt32(offset.seeded, 1, true);
  view.setUint32(offset.next, engine.position, true);
  engine.words.forEach((word, i) => {
    view.setUint32(offset.words + 8 * i, word, true);
  });
  view.setFloat64(offset.normal, nextNormal ?? 0, true);
  view.setInt32(offset.normalIsValid, nextNormal === undefined ? 0 : 1, true);
  return new Uint8Array(view.buffer);
}

/**
 * The inverse of {@link encodeState}.
 *
 * @throws KullbackError if the bytes are no generator state
 */
export function decodeState(bytes: Uint8Array): GeneratorState {
  if (bytes.length !== SIZE) {
    throw new KullbackError(`setState: expected a generator state of ${SIZE} bytes, got ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, SIZE);
  const left = view.getInt32(offset.left, true);
  const next = view.getUint32(offset.next, true);
  if (view.getInt32(offset.seeded, true) === 0 || left < 1 || left > WORDS || next > WORDS) {
    throw new KullbackError(`setState: expected a valid mt19937 state, got left=${left}, next=${next}`);
  }
  return {
    seed: view.getBigUint64(offset.seed, true),
    engine: {
      words: Uint32Array.from({ length: WORDS }, (_, i) => view.getUint32(offset.words + 8 * i, true)),
      position: left === 1 ? WORDS : next, // one left means none: the next draw makes new words
    },
    nextNormal: view.getInt32(offset.normalIsValid, true) ? view.getFloat64(offset.normal, true) : undefined,
  };
}
