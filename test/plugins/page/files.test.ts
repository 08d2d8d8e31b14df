import { readFileSync } from 'node:fs'
import t from 'tap'
import { openApp } from '../app.ts'

const types = {
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml'
}

t.test('each file comes whole, as what it is', async t => {
  const { app } = await openApp(t)
  for (const [file, type] of Object.entries(types)) {
    const { headers, rawPayload } = await app.inject(`/page/${file}`)
    t.equal(headers['content-type'], type)
    t.strictSame(rawPayload, readFileSync(new URL(`../../../plugins/page/files/${file}`, import.meta.url)), file)
  }
})
