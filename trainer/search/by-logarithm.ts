import { exp, log } from "../mlp/elementary.ts";

/** A number between two positive ones, of which each order of size is as likely as any other. @param draw even from 0 to 1 */
export const byLogarithm = (low: number, high: number, draw: number): number => low * exp(draw * log(high / low));
