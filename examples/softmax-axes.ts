// The same maps, two numbers: which axis does softmax normalise?
//
// tf.nn.softmax and most PyTorch code normalise the last axis, so each row of a map becomes a
// distribution. For a map that is one distribution (a saliency map, say) it must go over all of it.

import { divergence, F, tensor } from "kullback";

const yPred = tensor(
  [
    [
      [-1.23909949, 0.77767204],
      [0.08646117, -0.14608897],
    ],
  ],
  { dtype: "float64" },
);
const yTrue = tensor(
  [
    [
      [0.31, -0.52],
      [1.27, 0.04],
    ],
  ],
  { dtype: "float64" },
);

// Over the last axis: two rows, two distributions of two elements.
export const lastAxis = F.softmax(yPred, -1);
console.log(lastAxis);

// Over the whole map: flattened, one distribution of four elements.
export const wholeMap = F.softmax(yPred.flatten(1), -1);
console.log(wholeMap);

// Their divergences are different quantities, and there is no factor between them.
export const sumOfRows = F.klDiv(F.logSoftmax(yPred, -1), F.softmax(yTrue, -1), { reduction: "sum" });
console.log("KLD, last axis, sum of rows: ", sumOfRows.item().toFixed(10));
export const meanOfRows = divergence(yTrue, yPred, { dim: -1 });
console.log("KLD, last axis, mean of rows:", meanOfRows.item().toFixed(10));
export const ofMap = divergence(yTrue, yPred, { dim: [-2, -1] });
console.log("KLD, whole map:              ", ofMap.item().toFixed(10));
