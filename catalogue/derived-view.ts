import type { GlobalView } from "../streams/index.ts";

/** The result of `derive` for a table, kept until the table changes: nothing is derived again for each record. */
export function derivedView<V, D>(derive: (view: GlobalView<V>) => D): (view: GlobalView<V>) => D {
  const kept = new WeakMap<GlobalView<V>, { readonly version: number; readonly derived: D }>();
  return (view) => {
    const known = kept.get(view);
    if (known?.version === view.version) return known.derived;
    const derived = derive(view);
    kept.set(view, { version: view.version, derived });
    return derived;
  };
}
