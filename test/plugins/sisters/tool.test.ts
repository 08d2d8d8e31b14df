import t from 'tap'
import { askingBy } from '../../../plugins/sisters/tool.ts'
import { asking, wefact } from './parts.ts'

t.test('a tool says what opens its API, once for each bridge', async t => {
  const { connection } = await asking(t)
  const settings = { own: 'settings' }
  let said = 0
  const { load } = askingBy((given: typeof settings) => {
    said += 1
    t.equal(given, settings)
    return { vendor: 'Acme', key: wefact.key, url: `${wefact.url}/`, variable: 'ACME_KEY' }
  })
  t.equal(await load('9', { ...connection, settings }), null)
  t.equal(await load('9', { ...connection, settings }), null)
  t.equal(said, 1)
})
