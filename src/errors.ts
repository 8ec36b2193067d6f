/**
 * Every error Kullback throws on purpose. Its message names the function or the file, what was
 * wanted and what was found.
 */
export class KullbackError extends Error {
  override name = "KullbackError";
}
