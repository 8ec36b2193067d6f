// Kullback as a contender.
import { kullbackVersion } from "../lib/kullback.js";
import { trainer } from "./kullback-models.js";
import { serveTraining } from "./serve-training.js";

await serveTraining(kullbackVersion(), trainer);
