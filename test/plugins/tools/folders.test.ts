// Every tool is built alike: whoever has read one folder finds everything in the next.

import { readdirSync } from 'node:fs'
import t from 'tap'
import { isSending, type Tool } from '../../../src/tools/tool.ts'

/** What each file of a tool holds, in the words of the contract; `parseInvoice` is the others' own. */
const places: Record<string, string[]> = {
  settings: ['settings', 'missingSecret', 'canAsk', 'testMode'],
  event: ['verify', 'isRegistrationCheck', 'read', 'sample'],
  invoice: ['parseInvoice'],
  api: ['ask', 'load', 'pdf'],
  'catch-up': ['missed'],
  connect: ['connect'],
  check: ['check'],
  // Of one that is no API, but a mailbox.
  imap: [],
  mail: [],
  parts: [],
  proof: [],
  token: []
}
const optional = ['testMode', 'isRegistrationCheck']
// Of those that send webhooks.
const sending = ['verify', 'sample']
const ofTheContract = (name: string) => name !== 'parseInvoice' && name !== 'ask'

const folder = new URL('../../../plugins/tools/', import.meta.url)

for (const name of readdirSync(folder))
  t.test(`${name}: has the files of a tool, and each exports what its place promises`, async t => {
    const files = readdirSync(new URL(`${name}/`, folder)).map(file => file.replace(/\.ts$/, ''))
    const { tool, ...others } = (await import(new URL(`${name}/index.ts`, folder).href)) as { tool: Tool }
    t.strictSame(others, {}, 'the index is a table, and nothing else')
    t.strictSame(
      files.filter(file => file !== 'index' && !(file in places)),
      []
    )
    for (const file of ['index', 'settings', 'event', 'invoice']) t.ok(files.includes(file), file)
    t.equal(files.includes('api'), tool.load !== undefined, 'an API is there to ask')
    t.ok(tool.sample === undefined || tool.verify, 'who sends invoices is proven')
    t.ok(isSending(tool) || tool.missed, 'there is a way in')

    for (const file of files.filter(file => file !== 'index')) {
      const module = await import(new URL(`${name}/${file}.ts`, folder).href)
      for (const promised of places[file] ?? []) {
        if (optional.includes(promised) && !(promised in module)) continue
        if (sending.includes(promised) && tool[promised as keyof Tool] === undefined) continue
        t.ok(promised in module, `${file} exports ${promised}`)
        if (ofTheContract(promised)) t.equal(tool[promised as keyof Tool], module[promised], promised)
      }
    }
  })
