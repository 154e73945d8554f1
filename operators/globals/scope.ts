/** The decisions that a topology makes again: those of one use case in a stretch of time. Absent: all. */
export interface Scope {
  readonly useCase: string;
  /** Decision times `[from, to)`, ms. */
  readonly from: number;
  readonly to: number;
  /** Makes every decision, instead of the version that was live at its time. */
  readonly blueprintVersion?: string;
}
