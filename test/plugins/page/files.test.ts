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

t.test('what is selected as a whole is so in Safari, too, which knows only its own name for that', async t => {
  const style = readFileSync(new URL('../../../plugins/page/files/page.css', import.meta.url), 'utf8')
  const [ours, safaris] = [/^ *user-select: (.+);$/gm, /^ *-webkit-user-select: (.+);$/gm].map(form =>
    [...style.matchAll(form)].map(([, value]) => value)
  )
  t.ok(ours?.length)
  t.strictSame(safaris, ours)
})

t.test(
  'a browser keeps for good only what belongs to its address: during an upgrade another bridge may answer',
  async t => {
    const { app } = await openApp(t)
    const { payload } = await app.inject('/login')
    for (const file of Object.keys(types)) {
      const [address = ''] = new RegExp(`/page/${file}[^"]+`).exec(payload) ?? []
      t.match((await app.inject(address)).headers, { 'cache-control': 'public, max-age=31536000, immutable' }, address)
      for (const other of [`/page/${file}`, `/page/${file}?other`, `${address}0`])
        t.match(await app.inject(other), { statusCode: 200, headers: { 'cache-control': 'no-cache' } }, other)
    }
  }
)
