import { problemOf, type Problem } from "../problems/problem.ts";

/** Each item by itself: one that fails stops no other. */
export async function each<I, R extends object>(
  items: readonly I[],
  work: (item: I) => Promise<R>,
): Promise<(({ readonly status: 200 } & R) | { readonly status: number; readonly problem: Problem })[]> {
  return Promise.all(
    items.map((item) =>
      work(item).then(
        (result) => ({ status: 200 as const, ...result }),
        (error: unknown) => {
          const problem = problemOf(error);
          return { status: problem.status, problem };
        },
      ),
    ),
  );
}
