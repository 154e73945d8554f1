/** History that must be mended, or said otherwise, before it can be imported. The message says how and is all a person needs. */
export class HistoryError extends Error {
  override readonly name = "HistoryError";
}
