import { KullbackError } from "../errors.js";
import { stack, Tensor, tensor } from "../tensor/index.js";

/** What {@link defaultCollate} makes of items of a type. */
export type Collated<Item> = Item extends Tensor | number | boolean
  ? Tensor
  : Item extends string
    ? string[]
    : Item extends object
      ? { -readonly [Key in keyof Item]: Collated<Item[Key]> }
      : never;

/**
 * Joins the items of a batch, as `torch.utils.data.default_collate`: tensors are stacked along a new first axis,
 * numbers become a float32 tensor and booleans a `bool` one, strings an array; tuples and objects are joined
 * place by place.
 *
 * @throws KullbackError for items that cannot be joined, such as tensors of different shapes
 */
export function defaultCollate<Item>(items: readonly Item[]): Collated<Item> {
  return join(items) as Collated<Item>;
}

function join(items: readonly unknown[]): unknown {
  const [first] = items;
  if (items.every((item): item is Tensor => item instanceof Tensor)) return stack(items);
  if (items.every((item): item is number => typeof item === "number")) return tensor([...items]);
  if (items.every((item): item is boolean => typeof item === "boolean")) return tensor([...items]);
  if (items.every((item): item is string => typeof item === "string")) return [...items];
  if (items.every((item): item is unknown[] => Array.isArray(item))) return joinTuples(items);
  if (items.every(isPlainObject)) {
    return Object.fromEntries(
      Object.keys(first as object).map((key) => [key, join(items.map((item) => item[key]))]),
    );
  }
  throw new KullbackError(
    `defaultCollate: wanted tensors, numbers, booleans, strings, tuples or plain objects, all items alike, got ` +
      `${describe(first)}; give a collate function to DataLoader`,
  );
}

function joinTuples(items: readonly (readonly unknown[])[]): unknown[] {
  const [{ length }] = items;
  if (items.some((item) => item.length !== length)) {
    throw new KullbackError("defaultCollate: each item of a batch should be of equal size");
  }
  return Array.from({ length }, (_, place) => join(items.map((item) => item[place])));
}

function isPlainObject(item: unknown): item is Record<string, unknown> {
  return typeof item === "object" && item !== null && Object.getPrototypeOf(item) === Object.prototype;
}

function describe(item: unknown): string {
  if (item === null || item === undefined) return String(item);
  return typeof item === "object" ? `a ${item.constructor?.name ?? "object"}` : `a ${typeof item}`;
}
