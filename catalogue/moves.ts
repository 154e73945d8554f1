import { DomainError } from "../schemas/index.ts";

/** For each state, its legal successors. */
export type Moves<S extends string> = Readonly<Record<S, readonly S[]>>;

/**
 * Throws `ILLEGAL_MOVE` with the list of legal moves.
 * @param what the thing's name in messages, with the thing that it belongs to
 */
export function checkMove<S extends string>(moves: Moves<S>, what: string, from: S, to: S): void {
  const legal = moves[from];
  if (legal.includes(to)) return;
  const ways = legal.length === 0 ? "nothing follows that" : `from there it can become ${legal.join(", ")}`;
  throw new DomainError("ILLEGAL_MOVE", `${what} is ${from} and can't become ${to}: ${ways}`);
}
