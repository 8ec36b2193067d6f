// ml-distance: `kullbackLeibler` of two arrays, a call for each row.
import { peer, peerVersion } from "../lib/peer.js";
import { serve } from "../lib/serve.js";
import { splitRows } from "../lib/split-rows.js";

interface MlDistance {
  distance: { kullbackLeibler(p: number[], q: number[]): number };
}

const { distance } = await peer<MlDistance>("ml-distance");

await serve({
  version: peerVersion("ml-distance"),
  prepare: (wanted) => splitRows(wanted, distance.kullbackLeibler),
});
