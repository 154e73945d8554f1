import { StreamsError } from "../streams/index.ts";

/** Which states may follow which. */
export type Moves<S extends string> = Readonly<Record<S, readonly S[]>>;

/** Throws `ILLEGAL_MOVE` with the moves that there are. @param what as a message names it, with what it is of */
export function checkMove<S extends string>(moves: Moves<S>, what: string, from: S, to: S): void {
  const legal = moves[from];
  if (legal.includes(to)) return;
  const ways = legal.length === 0 ? "nothing follows that" : `from there it can become ${legal.join(", ")}`;
  throw new StreamsError("ILLEGAL_MOVE", `${what} is ${from} and can't become ${to}: ${ways}`);
}
