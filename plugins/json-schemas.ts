// No route has a JSON schema: zod reads what is asked (71). So the two compilers that Fastify would load for them, more
// than a hundred files, stay on disk.

const compile = (): never => {
  throw new Error('bug: a route has a JSON schema')
}

/** For `schemaController`. */
export const noJsonSchemas = { compilersFactory: { buildValidator: compile, buildSerializer: compile } }
