/** The name of a head's prediction of a label, from 1; no formula can have it. */
export const headName = (label: string, head: number): string => `${label}.head${head}`;
