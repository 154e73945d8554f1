/** Records that were refused because they lay ahead of their arrival, by place. Read again later, nothing about them tells that. */
export interface Refused {
  has(topic: string, partition: number, offset: number): boolean;
}

export const nothingRefused: Refused = Object.freeze({ has: () => false });
