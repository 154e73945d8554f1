/** Bounds of the mean of fewer units say nothing. */
export const LEAST_UNITS = 30;
