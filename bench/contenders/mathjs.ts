// mathjs: `kldivergence` of two arrays, a call for each row.
import { peer, peerVersion } from "../lib/peer.js";
import { serve } from "../lib/serve.js";
import { splitRows } from "../lib/split-rows.js";

const math = await peer<{ kldivergence(q: number[], p: number[]): number }>("mathjs");

await serve({
  version: peerVersion("mathjs"),
  prepare: (wanted) => splitRows(wanted, (p, q) => math.kldivergence(p, q)),
});
