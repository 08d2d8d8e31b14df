// The style sheet, the script and the icon. They are few and small, and so kept in memory. Each address changes with the
// bytes behind it, so a browser need never ask for the same file twice.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import type { Files } from './layout.ts'

const keptForGood = 'public, max-age=31536000, immutable'

export const registerFiles = (app: FastifyInstance): Files => {
  const serve = (name: string, type: string): string => {
    const bytes = readFileSync(new URL(`files/${name}`, import.meta.url))
    app.get(`/page/${name}`, async (_request, reply) =>
      reply.type(type).header('cache-control', keptForGood).send(bytes)
    )
    return `/page/${name}?${createHash('sha256').update(bytes).digest('base64url').slice(0, 12)}`
  }
  return {
    style: serve('page.css', 'text/css; charset=utf-8'),
    script: serve('page.js', 'text/javascript; charset=utf-8'),
    icon: serve('icon.svg', 'image/svg+xml')
  }
}
