// Checks that the bridge answers as it promises: each answer of its API matches its schema, and has no other field.

import { deepStrictEqual } from 'node:assert/strict'
import { openapiAt } from '../plugins/api/openapi.ts'
import { Problem } from '../src/view/answers.ts'
import { type Endpoint, endpoints } from '../src/view/endpoints.ts'

const { paths } = openapiAt('https://bridge.example')

const all: [string, Endpoint][] = Object.entries(endpoints)

const isAt = (path: string, url: string): boolean =>
  new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(url.split('?')[0] ?? '')

/** Throws if it does not. Ignores what is not an operation of the API. */
export const mustBePromised = (method: string, url: string, status: number, body: unknown): void => {
  const [, endpoint] = all.find(([, { method: its, path }]) => its === method && isAt(path, url)) ?? []
  if (!endpoint) return
  const described = Object.keys(paths[endpoint.path]?.[method.toLowerCase()]?.responses ?? {})
  if (!described.includes(String(status))) throw new Error(`${method} ${url}: ${status} is not described`)
  const schema = status === 200 || status in (endpoint.also ?? {}) ? endpoint.answer : Problem
  deepStrictEqual(body, schema.parse(body), `${method} ${url}`)
}
