// The style sheet, the script and the icon. They are few and small, and so kept in memory. Each address changes with the
// bytes behind it, so a browser need never ask for the same file twice. During an upgrade a page of one release may ask
// another for its files: what that answers is not kept under an address that is not its own.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import type { Files } from './layout.ts'

const keptForGood = 'public, max-age=31536000, immutable'

export const registerFiles = (app: FastifyInstance): Files => {
  const serve = (name: string, type: string): string => {
    const bytes = readFileSync(new URL(`files/${name}`, import.meta.url))
    const address = `/page/${name}?${createHash('sha256').update(bytes).digest('base64url').slice(0, 12)}`
    app.get(`/page/${name}`, async ({ url }, reply) =>
      reply
        .type(type)
        .header('cache-control', url === address ? keptForGood : 'no-cache')
        .send(bytes)
    )
    return address
  }
  return {
    style: serve('page.css', 'text/css; charset=utf-8'),
    script: serve('page.js', 'text/javascript; charset=utf-8'),
    icon: serve('icon.svg', 'image/svg+xml')
  }
}
