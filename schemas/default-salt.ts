/** The salt of a loop whose settings name none. */
export const defaultSalt = "loopstream";
