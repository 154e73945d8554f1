import type { FastifySchemaCompiler } from "fastify";
import { validatorCompiler as bySchema } from "fastify-type-provider-zod";
import type { ZodType } from "zod";
import { fitsOf } from "./wire/fits.ts";

/** Judges paths and bodies by their schemas. A body that fits beyond doubt is taken as it is. */
export const validatorCompiler: FastifySchemaCompiler<ZodType> = (route) => {
  const judge = bySchema(route as Parameters<typeof bySchema>[0]);
  const fits = fitsOf(route.schema);
  return fits === undefined ? judge : (data: unknown) => (fits(data) ? { value: data } : judge(data));
};
