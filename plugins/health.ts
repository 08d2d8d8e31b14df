// Answers health in the form that monitors know, in English: 503 only if events cannot be kept or, with `?fail=warn`,
// if something needs a person.

import type { FastifyInstance } from 'fastify'
import { type Health, inWords } from '../src/health/health.ts'
import type * as answers from '../src/view/answers.ts'
import { endpoints } from '../src/view/endpoints.ts'

const { path, contentType } = endpoints.health

export type HealthOptions = { health: Health; version: string }

export default async function health(app: FastifyInstance, { health, version }: HealthOptions) {
  app.get<{ Querystring: { fail?: string } }>(path, async (request, reply) => {
    const checks = await health()
    const found = Object.values(checks)
      .flat()
      .map(({ status }) => status)
    const status = found.includes('fail') ? 'fail' : found.includes('warn') ? 'warn' : 'pass'
    const unwell = status === 'fail' || (status === 'warn' && request.query.fail === 'warn')
    return reply
      .code(unwell ? 503 : 200)
      .type(contentType)
      .header('cache-control', 'no-store')
      .send({ status, version, checks: inWords(checks, 'en') } satisfies answers.Health)
  })
}
