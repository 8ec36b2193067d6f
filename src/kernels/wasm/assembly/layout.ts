/** The first byte behind the static tables. */
export function heapBase(): usize {
  return __heap_base;
}
