// What a WeakRef refers to cannot be collected before the task ends in which the WeakRef was made or looked at:
// the engine keeps a list of such objects. Node empties that list whenever it has run the jobs of a context,
// and a context that has a queue of its own runs its jobs at once. So, in Node, objects can be seen to die in the
// middle of a task; elsewhere nothing happens here, and they are seen to die later.
//
// ECMAScript, ClearKeptObjects, https://tc39.es/ecma262/#sec-clear-kept-objects

import { nodeModule } from "./platform.js";

let emptyScript: (() => void) | undefined;

/** Lets the garbage collector collect objects that WeakRefs were asked for earlier in this task. */
export function clearKeptObjects(): void {
  emptyScript ??= makeEmptyScript();
  emptyScript();
}

function makeEmptyScript(): () => void {
  try {
    const vm = nodeModule("node:vm");
    if (vm === undefined) return () => {};
    const context = vm.createContext({}, { microtaskMode: "afterEvaluate" });
    const script = new vm.Script("0");
    return () => script.runInContext(context);
  } catch {
    return () => {}; // A platform that is like Node, but not in this.
  }
}
